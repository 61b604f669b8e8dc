/** Opening a page may take away what had the focus: then its heading has it, so that Tab and what reads aloud go on there. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/** Longer than a dialog takes to go and to look for what had the focus before it. */
const DIALOG_GONE_MS = 250;

export function useHeadingFocus(): void {
  const router = useRouter();
  useEffect(() => {
    let elsewhere = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What the frame came with was opened before it: there the way begins at the top of the page.
    const stopBefore = router.subscribe('onBeforeNavigate', ({ pathChanged }) => {
      elsewhere ||= pathChanged;
    });
    const stopAfter = router.subscribe('onRendered', () => {
      if (!elsewhere) return;
      elsewhere = false;
      focusHeading();
      clearTimeout(timer);
      timer = setTimeout(focusHeading, DIALOG_GONE_MS);
    });
    return () => {
      stopBefore();
      stopAfter();
      clearTimeout(timer);
    };
  }, [router]);
}

function focusHeading(): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const heading = document.querySelector('h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
