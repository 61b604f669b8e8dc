/** The small "i" beside a figure: what it means, on hover, focus or touch, and why Shopify may show another number. */
import { Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { useId } from 'react';
import classes from './explain.module.css';

interface ExplainProps {
  label: string;
  definition: string;
  differs: string | null;
}

export function Explain({ label, definition, differs }: ExplainProps) {
  const [opened, { open, close, toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <Popover opened={opened} onChange={(now) => !now && close()} position="bottom" width={300} withArrow>
      <Popover.Target>
        <button
          type="button"
          className={`${classes.button} sk-touch`}
          aria-label={differs ? `What ${label} means, and why it differs from Shopify` : `What ${label} means`}
          aria-describedby={opened ? id : undefined}
          data-differs={differs ? true : undefined}
          onPointerEnter={(event) => event.pointerType === 'mouse' && open()}
          onPointerLeave={(event) => event.pointerType === 'mouse' && close()}
          onFocus={open}
          onBlur={close}
          onClick={(event) => {
            if (event.detail !== 0) return;
            toggle();
          }}
          onKeyDown={(event) => event.key === 'Escape' && close()}
        >
          <IconInfoCircle size={15} stroke={1.75} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown id={id} className={classes.card}>
        <p className={classes.title}>{label}</p>
        <p>{definition}</p>
        {differs && (
          <>
            <p className={classes.title}>Why different from Shopify?</p>
            <p>{differs}</p>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
