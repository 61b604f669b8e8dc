/** Changing one's password, which ends one's other sessions. */
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { problemFromThrown } from '~/api/problem';
import { showFieldProblems } from '~/patterns/form-problems';
import { tell } from '~/patterns/notice';
import { ProblemView } from '~/patterns/problem-view';
import { Panel } from '~/ui/panel';
import { SecretInput } from '~/ui/secret-input';
import { PASSWORD_RULE, passwordProblem } from './model';
import { useChangePassword } from './mutations';
import classes from './settings.module.css';

export function PasswordPanel() {
  const change = useChangePassword();
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value ? null : 'Enter your current password.'),
      newPassword: passwordProblem,
    },
  });
  return (
    <Panel title="Password" note="Changing it signs you out everywhere else.">
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          change.mutate(values, {
            onSuccess: () => {
              form.reset();
              tell('Your password was changed. Your other sessions have ended.');
            },
            onError: (error) => {
              const problem = problemFromThrown(error);
              if (problem.code === 'AUTH_WRONG_PASSWORD') form.setFieldError('currentPassword', problem.message);
              else showFieldProblems(form, problem);
            },
          }),
        )}
      >
        <SecretInput
          label="Current password"
          autoComplete="current-password"
          {...form.getInputProps('currentPassword')}
        />
        <SecretInput
          label="New password"
          description={PASSWORD_RULE}
          autoComplete="new-password"
          {...form.getInputProps('newPassword')}
        />
        {change.isError && <ProblemView problem={change.error} doing="changing" inline />}
        <div>
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
