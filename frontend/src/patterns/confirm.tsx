/**
 * Asking before what cannot be undone: the consequence in numbers, and for deletion the name typed out.
 * Closes when it worked; when it did not, it stays and says why.
 */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { problemFromThrown, type ApiProblem } from '~/api/problem';
import classes from './confirm.module.css';
import { ProblemView } from './problem-view';

interface ConfirmProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, in numbers. */
  children: ReactNode;
  /** Must be typed exactly before the button works. */
  typeToConfirm?: string;
  typeLabel?: string;
  action: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown>;
}

export function Confirm(props: ConfirmProps) {
  const { opened, onClose, title } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} classNames={{ title: classes.title ?? '' }}>
      {opened && <ConfirmForm {...props} />}
    </Modal>
  );
}

function ConfirmForm({ onClose, children, typeToConfirm, typeLabel, action, danger = true, onConfirm }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const ready = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(problemFromThrown(error));
      setBusy(false);
    }
  };
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <div className={classes.text}>{children}</div>
      {typeToConfirm !== undefined && (
        <TextInput
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          label={typeLabel ?? 'Type the name to confirm'}
          description={<code className={classes.name}>{typeToConfirm}</code>}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {problem && <ProblemView problem={problem} doing="changing" inline />}
      <footer className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color={danger ? 'red' : 'accent'} disabled={!ready} loading={busy}>
          {action}
        </Button>
      </footer>
    </form>
  );
}
