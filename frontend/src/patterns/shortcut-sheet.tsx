/** The `?` sheet: every shortcut that works here right now, from the registry that binds them. */
import { Modal } from '@mantine/core';
import { groupBy } from '~/lib/group';
import type { Shortcut, ShortcutGroup } from '~/lib/keyboard/registry';
import { useShortcutList } from '~/lib/keyboard/use-shortcut';
import { Kbd } from '~/ui/kbd';
import classes from './shortcut-sheet.module.css';

const ORDER: ShortcutGroup[] = ['Everywhere', 'Go to', 'Lists', 'This page'];

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const list = useShortcutList();
  const byKeys = new Map<string, Shortcut>(list.map((shortcut) => [shortcut.keys, shortcut]));
  const groups = groupBy(byKeys.values(), (shortcut) => shortcut.group);
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <div className={classes.groups}>
        {ORDER.filter((group) => groups.has(group)).map((group) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <dl className={classes.list}>
              {groups.get(group)?.map((shortcut) => (
                <div key={shortcut.keys} className={classes.row}>
                  <dt>{shortcut.label}</dt>
                  <dd>
                    <Kbd keys={shortcut.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
