// Runs in the page: finds the controls in sight, and tells whether a click changed what a person can see.
(() => {
  const CONTROLS =
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [data-row], [role=slider],' +
    '[role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], [role=option], [role=tab], [role=switch]';
  const OVERLAYS = '[role=menu], [role=dialog], [role=listbox]';
  const FRAME = 'aside, [class*=_corner_], [class*=_skip_], [class*=_bar_] > nav';
  const ALIKE =
    '[data-row], li, td, tr, article, dl > div, nav > a, [role=option], [role=menuitemradio], [role=menuitemcheckbox]';
  // Reached by keys, not by the pointer: the way past the frame, and the points of a chart.
  const BY_KEYS = '[role=slider], [class*=_skip_]';
  const STATES =
    '[aria-expanded], [aria-checked], [aria-pressed], [aria-selected], [aria-sort], [aria-invalid], [aria-current],' +
    '[aria-label], [aria-valuetext], [data-picked], [data-busy], [data-loading], details, input, textarea';
  const WRITES = 'input:not([type=checkbox]):not([type=radio]), textarea, select';
  const keys = new WeakMap();
  let before = '';
  let pressed = null;
  let focused = null;

  const seen = (element) => {
    if (element.closest('[inert], [aria-hidden="true"], [role=tooltip]')) return false;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return false;
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const nameOf = (element) =>
    (
      element.getAttribute('aria-label') ||
      (element.labels && element.labels[0]?.textContent) ||
      element.innerText ||
      element.getAttribute('placeholder') ||
      element.getAttribute('title') ||
      ''
    )
      .trim()
      .replace(/\s+/g, ' ')
      .slice(0, 80);
  const roleOf = (element) =>
    element.getAttribute('role') || (element.matches('[data-row]') ? 'row' : element.type || element.tagName.toLowerCase());
  const overlay = () => [...document.querySelectorAll(OVERLAYS)].filter(seen).at(-1) ?? null;

  // Many alike (rows, days of a calendar, items of a list) share a kind; a control that stands alone is known by its name.
  const kindOf = (element) => {
    const repeated = element.closest(ALIKE);
    const shape = `${roleOf(element)}.${String(element.className?.baseVal ?? element.className)}`;
    return repeated && !element.closest(FRAME) ? `${repeated.tagName}>${shape}` : `${shape}:${nameOf(element)}`;
  };
  const listed = ({ inside, frame, every }) => {
    const top = overlay();
    const root = inside ? top : document.body;
    if (!root) return [];
    const counts = new Map();
    return [...root.querySelectorAll(CONTROLS)].filter((element) => {
      if (!seen(element) || (!inside && element.closest(OVERLAYS))) return false;
      if (!inside && !frame && element.closest(FRAME)) return false;
      const kind = `${inside ? 'inside ' : ''}${kindOf(element)}`;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      keys.set(element, every ? `${kind}#${count}` : kind);
      return true;
    });
  };
  // Where a control may be clicked: in the middle and near both ends of its box; a link in running text on its first line.
  const spotsOf = (element) => {
    const box = element.getBoundingClientRect();
    const line = element.getClientRects()[0] ?? box;
    return [
      [box.left + box.width / 2, box.top + box.height / 2],
      [box.left + Math.min(12, box.width / 3), box.top + box.height / 2],
      [box.right - Math.min(6, box.width / 4), box.top + box.height / 2],
      [line.left + line.width / 2, line.top + line.height / 2],
    ];
  };
  let latest = [];
  const describe = (element) => ({
    key: keys.get(element),
    name: nameOf(element),
    role: roleOf(element),
    disabled: element.disabled === true,
    byKeys: element.matches(BY_KEYS),
    // A button that waits for a form says so by the form; any other has to say it in words.
    explained:
      Boolean(element.getAttribute('title') || element.getAttribute('aria-describedby')) ||
      Boolean(element.closest('form, [role=dialog], [class*=DatePicker], [class*=calendar], [class*=Calendar]')),
  });
  const withKey = (key) => latest.find((element) => keys.get(element) === key && element.isConnected) ?? null;

  // Everything a person can read or tell apart, without hints that come and go with the pointer, clocks and live news.
  const state = () => {
    const skip = '[role=tooltip], time, [class*=_live_], script, style';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const parts = [location.href, document.documentElement.getAttribute('data-mantine-color-scheme')];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement && !node.parentElement.closest(skip)) parts.push(node.data);
    }
    for (const element of document.querySelectorAll(STATES)) {
      if (element.closest(skip)) continue;
      for (const { name, value } of element.attributes) {
        if (name.startsWith('aria-') || name === 'data-picked' || name === 'open') parts.push(name, value);
      }
      if ('value' in element) parts.push(String(element.value), String(element.checked), element.type);
    }
    parts.push(JSON.stringify({ ...localStorage }));
    return parts.join('\n');
  };
  // Taking the focus is what a text field is for; for a button it is nothing, unless it passes it on.
  const movedFocus = () => {
    const active = document.activeElement;
    if (!active || active === document.body) return false;
    return active === pressed ? active.matches(WRITES) : active !== focused;
  };

  window.crawl = {
    overlay: () => (overlay() ? 'open' : null),
    next: ({ done, ...where }) => {
      latest = listed(where);
      const known = new Set(done);
      const element = latest.find((one) => !known.has(keys.get(one)));
      return element ? describe(element) : null;
    },
    find: (key) => {
      latest = listed({ inside: false, frame: true, every: key.includes('#') });
      const element = withKey(key);
      return element ? describe(element) : null;
    },
    isDisabled: (key) => withKey(key)?.disabled === true,
    // As it lies, or with `again`, when something was in front of it, scrolled to the middle of what it scrolls in.
    place: ({ key, again }) => {
      const element = withKey(key);
      if (!element) return null;
      const block = again ? 'center' : 'nearest';
      element.scrollIntoView({ block, inline: block, behavior: 'instant' });
      if (element.matches(BY_KEYS)) {
        element.focus();
        return { x: 0, y: 0 };
      }
      const target = element.matches('input[type=checkbox], input[type=radio]') ? (element.labels?.[0] ?? element) : element;
      const spots = spotsOf(target);
      for (const [x, y] of spots) {
        const hit = document.elementFromPoint(x, y);
        if (!hit) continue;
        const own = element.contains(hit) || hit.contains(element) && hit.matches('label') || target.contains(hit);
        // A row is clicked where nothing else in it takes the click.
        if (own && !(element.matches('[data-row]') && hit.closest('a, button, input, label'))) return { x, y };
        if (hit.closest('label') && element.closest('label') === hit.closest('label')) return { x, y };
      }
      const hit = document.elementFromPoint(...spots[0]);
      return { covered: hit ? `${hit.tagName.toLowerCase()}.${hit.className}` : 'nothing in sight' };
    },
    messages: () => document.querySelectorAll('[class*=Notification-root]').length,
    remember: (key) => {
      pressed = withKey(key);
      focused = document.activeElement;
      before = state();
    },
    changed: () => state() !== before || movedFocus(),
    explains: (key) => {
      const element = withKey(key);
      if (!element || !element.isConnected) return true;
      if (['aria-current', 'aria-checked', 'aria-selected', 'aria-pressed'].some((name) => ['page', 'true'].includes(element.getAttribute(name) ?? ''))) return true;
      if (element.matches(WRITES) && document.activeElement === element) return true;
      const words = [element.getAttribute('aria-describedby'), ...[...document.querySelectorAll('[role=tooltip]')].map((hint) => hint.id)];
      return words.some((id) => {
        const said = id && document.getElementById(id);
        return said && said.innerText.trim().length > nameOf(element).length + 8;
      });
    },
    isAt: (address) => location.pathname + location.search === address,
  };
})();
