/** The workbench around every signed-in page: rail, bottom bar, corner, palette, shortcuts, live updates. */
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type PropsWithChildren } from 'react';
import { pageOfSession } from '~/api/client';
import { useSession } from '~/api/session';
import { useShortcut, useShortcutListener } from '~/lib/keyboard/use-shortcut';
import { FrameCorner } from '~/patterns/page';
import { ShortcutSheet } from '~/patterns/shortcut-sheet';
import { useLiveUpdates } from '../live-updates';
import { BottomBar } from './bottom-bar';
import { Corner } from './corner';
import { EarlyTyping } from './early-typing';
import classes from './frame.module.css';
import { useHeadingFocus } from './heading-focus';
import { PLACES, type Place } from './nav';
import { Rail } from './rail';

const Palette = lazy(() => import('./palette'));

export function Frame({ children }: PropsWithChildren) {
  const { session, tenantId } = useSession();
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const [sheet, setSheet] = useState(false);
  const [palette, setPalette] = useState<'unused' | 'closed' | 'open'>('unused');
  const [early] = useState(() => new EarlyTyping());
  const openPalette = useCallback(() => {
    early.listen();
    setPalette('open');
  }, [early]);
  const closePalette = () => {
    early.take();
    setPalette('closed');
  };
  useEffect(() => () => void early.take(), [early]);
  useLiveUpdates(tenantId, pageOfSession(session));
  useShortcutListener();
  useHeadingFocus();
  useShortcut({ id: 'app.palette', keys: 'mod+k', label: 'Find anything', group: 'Everywhere', run: openPalette });
  useShortcut({
    id: 'app.search',
    keys: '/',
    label: 'Search',
    group: 'Everywhere',
    // A list's own search has the key wherever there is one.
    fallback: true,
    run: openPalette,
  });
  useShortcut({
    id: 'app.shortcuts',
    keys: '?',
    label: 'Keyboard shortcuts',
    group: 'Everywhere',
    palette: true,
    run: () => setSheet(true),
  });
  const corner = useMemo(() => <Corner onSearch={openPalette} narrow={narrow} />, [narrow, openPalette]);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      {PLACES.map((place) => (
        <GoShortcut key={place.to} place={place} />
      ))}
      {!narrow && <Rail onShortcuts={() => setSheet(true)} />}
      <div className={classes.main}>
        <FrameCorner value={corner}>{children}</FrameCorner>
      </div>
      {narrow && <BottomBar />}
      <ShortcutSheet opened={sheet} onClose={() => setSheet(false)} />
      {palette !== 'unused' && (
        <Suspense fallback={null}>
          <Palette opened={palette === 'open'} onClose={closePalette} early={early} />
        </Suspense>
      )}
    </div>
  );
}

function GoShortcut({ place }: { place: Place }) {
  const navigate = useNavigate();
  useShortcut({
    id: `go.${place.to}`,
    keys: place.keys,
    label: place.label,
    group: 'Go to',
    run: () => void navigate({ to: place.to }),
  });
  return null;
}
