/** Search box and filter pills over a list. What they choose belongs to the page's URL. */
import { CloseButton, Menu, TextInput } from '@mantine/core';
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconChevronDown, IconChevronUp, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useShortcut } from '~/lib/keyboard/use-shortcut';
import { Kbd } from '~/ui/kbd';
import { MenuChoice } from '~/ui/menu-choice';
import classes from './filter-bar.module.css';

interface SearchBoxProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

const TYPING_PAUSE_MS = 250;

/** Waits for a pause in typing before it searches; follows the URL when that changes from outside. */
export function SearchBox({ label, value = '', onChange }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);
  const send = (next: string) => {
    sent.current = next.trim();
    onChange(next.trim() || undefined);
  };
  const sendSoon = useDebouncedCallback(send, TYPING_PAUSE_MS);
  useShortcut({
    id: 'list.search',
    keys: '/',
    label: 'Search this list',
    group: 'Lists',
    run: () => input.current?.focus(),
  });
  const clear = () => {
    setTyped('');
    send('');
    input.current?.focus();
  };
  return (
    <TextInput
      ref={input}
      className={classes.search}
      aria-label={label}
      placeholder={label}
      type="search"
      value={typed}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
      rightSection={
        typed ? (
          <CloseButton size="sm" aria-label="Clear search" onClick={clear} />
        ) : (
          <span className={classes.hint}>
            <Kbd keys="/" />
          </span>
        )
      }
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        sendSoon(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') send(typed);
        if (event.key === 'Escape') {
          if (typed) clear();
          input.current?.blur();
        }
      }}
    />
  );
}

/** Filters side by side; on a narrow screen behind one button that says how many are on, and wrapped when opened. */
export function FilterGroup({ active, children }: { active: number; children: ReactNode }) {
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState(false);
  const id = useId();
  if (!narrow) return <>{children}</>;
  const Chevron = opened ? IconChevronUp : IconChevronDown;
  return (
    <>
      <span className={classes.pill} data-on={active > 0 || undefined}>
        <button
          type="button"
          className={classes.pillMain}
          aria-expanded={opened}
          aria-controls={opened ? id : undefined}
          onClick={() => setOpened(!opened)}
        >
          <IconAdjustmentsHorizontal size={16} stroke={1.75} aria-hidden="true" />
          {active > 0 ? `Filters: ${active} on` : 'Filters'}
          <Chevron size={14} aria-hidden="true" />
        </button>
      </span>
      {opened && (
        <div id={id} className={classes.group} role="group" aria-label="Filters">
          {children}
        </div>
      )}
    </>
  );
}

export interface FilterOption {
  value: string;
  label: string;
}

interface FilterPillProps {
  label: string;
  value: string | undefined;
  options: readonly FilterOption[];
  onChange: (value: string | undefined) => void;
  /** Something is always chosen: it cannot be taken off. */
  lasting?: boolean;
}

/** "Payment" until something is chosen, then "Payment: Paid" with a way to take it off. */
export function FilterPill({ label, value, options, onChange, lasting = false }: FilterPillProps) {
  const chosen = options.find((option) => option.value === value);
  return (
    <span className={classes.pill} data-on={chosen && !lasting ? true : undefined}>
      <Menu position="bottom-start">
        <Menu.Target>
          <button type="button" className={classes.pillMain}>
            <span className={classes.pillText}>{chosen ? `${label}: ${chosen.label}` : label}</span>
            {(!chosen || lasting) && <IconChevronDown size={14} aria-hidden="true" />}
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={360} className={classes.menu}>
          {options.map((option) => (
            <MenuChoice
              key={option.value}
              value={option.value}
              checked={option.value === value}
              onChoose={() => onChange(option.value)}
            >
              {option.label}
            </MenuChoice>
          ))}
        </Menu.Dropdown>
      </Menu>
      {chosen && !lasting && (
        <button
          type="button"
          className={classes.pillClear}
          aria-label={`Clear filter ${label}`}
          onClick={() => onChange(undefined)}
        >
          <IconX size={13} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
