import { render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keyCaps, shortcuts, ShortcutRegistry, type Shortcut } from './registry';
import { useShortcut } from './use-shortcut';

function press(
  registry: ShortcutRegistry,
  key: string,
  target: HTMLElement = document.body,
  init: KeyboardEventInit = {},
) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return registry.handle(event);
}

const entry = (over: Partial<Shortcut>): Shortcut => ({
  id: 'x',
  keys: 'x',
  label: 'X',
  group: 'Lists',
  run: vi.fn(),
  ...over,
});

afterEach(() => document.body.replaceChildren());

describe('shortcut registry', () => {
  it('runs what a key stands for, the latest registration first', () => {
    const registry = new ShortcutRegistry();
    const page = entry({ keys: 'Escape' });
    const list = entry({ keys: 'Escape' });
    registry.register(page);
    const leave = registry.register(list);
    press(registry, 'Escape');
    expect(list.run).toHaveBeenCalledOnce();
    expect(page.run).not.toHaveBeenCalled();
    leave();
    press(registry, 'Escape');
    expect(page.run).toHaveBeenCalledOnce();
  });

  it('gives a key to a fallback only where nothing else wants it, in whatever order they came', () => {
    for (const lastFirst of [false, true]) {
      const registry = new ShortcutRegistry();
      const everywhere = entry({ keys: '/', fallback: true });
      const list = entry({ keys: '/' });
      const leave = lastFirst ? registry.register(list) : null;
      registry.register(everywhere);
      const leaveLater = leave ?? registry.register(list);
      press(registry, '/');
      expect(list.run).toHaveBeenCalledOnce();
      expect(everywhere.run).not.toHaveBeenCalled();
      expect(registry.list().at(-1)).toBe(list);
      leaveLater();
      press(registry, '/');
      expect(everywhere.run).toHaveBeenCalledOnce();
    }
  });

  it('is silent while someone types, except for ⌘ and Ctrl', () => {
    const registry = new ShortcutRegistry();
    const letter = entry({ keys: 'x' });
    const command = entry({ keys: 'mod+k' });
    registry.register(letter);
    registry.register(command);
    const input = document.body.appendChild(document.createElement('input'));
    expect(press(registry, 'x', input)).toBe(false);
    expect(press(registry, 'k', input, { ctrlKey: true })).toBe(true);
    expect(letter.run).not.toHaveBeenCalled();
  });

  it('lets a checkbox keep the list’s keys', () => {
    const registry = new ShortcutRegistry();
    const pick = entry({ keys: 'x' });
    registry.register(pick);
    const box = document.createElement('input');
    box.type = 'checkbox';
    document.body.append(box);
    expect(press(registry, 'x', box)).toBe(true);
  });

  it('is silent under a dialog', () => {
    const registry = new ShortcutRegistry();
    registry.register(entry({ keys: 'x' }));
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    dialog.setAttribute('aria-modal', 'true');
    expect(press(registry, 'x')).toBe(false);
  });

  it('understands two keys in turn', () => {
    const registry = new ShortcutRegistry();
    const go = entry({ keys: 'g o' });
    registry.register(go);
    expect(press(registry, 'o')).toBe(false);
    press(registry, 'g');
    expect(press(registry, 'o')).toBe(true);
    expect(go.run).toHaveBeenCalledOnce();
  });

  it('draws the caps of each system', () => {
    expect(keyCaps('mod+k', true)).toEqual(['⌘', 'K']);
    expect(keyCaps('mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(keyCaps('g o', false)).toEqual(['G', 'O']);
    expect(keyCaps('ArrowDown', false)).toEqual(['↓']);
  });
});

describe('useShortcut', () => {
  it('leaves the key to the list, whether it came with the frame or after it', () => {
    const frame = entry({ id: 'app.search', keys: '/', fallback: true });
    const list = entry({ id: 'list.search', keys: '/' });
    const List = () => {
      useShortcut(list);
      return null;
    };
    const Frame = ({ withList }: { withList: boolean }) => {
      useShortcut(frame);
      return withList && <List />;
    };
    const together = render(<Frame withList />);
    press(shortcuts, '/');
    together.unmount();
    const inTurn = render(<Frame withList={false} />);
    inTurn.rerender(<Frame withList />);
    press(shortcuts, '/');
    expect(list.run).toHaveBeenCalledTimes(2);
    expect(frame.run).not.toHaveBeenCalled();
    inTurn.rerender(<Frame withList={false} />);
    press(shortcuts, '/');
    expect(frame.run).toHaveBeenCalledOnce();
  });
});
