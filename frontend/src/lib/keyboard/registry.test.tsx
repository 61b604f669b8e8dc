import { afterEach, describe, expect, it, vi } from 'vitest';
import { keyCaps, ShortcutRegistry, type Shortcut } from './registry';

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
