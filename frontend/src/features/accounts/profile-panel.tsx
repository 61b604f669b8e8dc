/** A person's own name. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSession } from '~/api/session';
import { tell } from '~/patterns/notice';
import { ProblemView } from '~/patterns/problem-view';
import { Panel } from '~/ui/panel';
import { useUpdateProfile } from './mutations';
import classes from './settings.module.css';

export function ProfilePanel() {
  const { session } = useSession();
  const update = useUpdateProfile();
  const form = useForm({
    initialValues: { name: session.user.name },
    validate: { name: (value) => (value.trim() ? null : 'Enter your name.') },
  });
  return (
    <Panel title="Profile" note="How your name appears to other members and in the audit log.">
      <form
        className={classes.form}
        onSubmit={form.onSubmit(({ name }) =>
          update.mutate(name.trim(), {
            onSuccess: (saved) => {
              form.setInitialValues({ name: saved.user.name });
              form.reset();
              tell('Your name was saved.');
            },
          }),
        )}
      >
        <TextInput label="Name" autoComplete="name" {...form.getInputProps('name')} />
        <TextInput
          label="Email"
          value={session.user.email}
          readOnly
          description="You sign in with it. It cannot be changed yet."
        />
        {update.isError && <ProblemView problem={update.error} doing="changing" inline />}
        <div>
          <Button type="submit" disabled={!form.isDirty()} loading={update.isPending}>
            Save name
          </Button>
        </div>
      </form>
    </Panel>
  );
}
