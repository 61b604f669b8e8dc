/** Making an account and its tenant. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { problemFromThrown } from '~/api/problem';
import { showFieldProblems } from '~/patterns/form-problems';
import { ProblemView } from '~/patterns/problem-view';
import { TextLink } from '~/ui/links';
import { SecretInput } from '~/ui/secret-input';
import { AuthLayout } from './auth-layout';
import classes from './auth-layout.module.css';
import { emailProblem, PASSWORD_RULE, passwordProblem } from './model';
import { useSignUp } from './mutations';

const required = (what: string) => (value: string) => (value.trim() ? null : `Enter ${what}.`);

export function SignUpPage({ next, onSignedIn }: { next: string; onSignedIn: () => void }) {
  const signUp = useSignUp();
  const form = useForm({
    initialValues: { name: '', tenantName: '', email: '', password: '' },
    validate: {
      name: required('your name'),
      tenantName: required('your business’s name'),
      email: emailProblem,
      password: passwordProblem,
    },
  });
  const submit = form.onSubmit((values) =>
    signUp.mutate(
      { ...values, email: values.email.trim() },
      { onSuccess: onSignedIn, onError: (error) => showFieldProblems(form, problemFromThrown(error)) },
    ),
  );
  return (
    <AuthLayout
      title="Create an account"
      foot={
        <>
          Have one already?{' '}
          <TextLink to="/sign-in" search={{ next }}>
            Sign in
          </TextLink>
        </>
      }
    >
      <form className={classes.form} noValidate onSubmit={submit}>
        <TextInput label="Your name" autoComplete="name" size="md" autoFocus {...form.getInputProps('name')} />
        <TextInput
          label="Business name"
          description="Your stores and members live under it."
          autoComplete="organization"
          size="md"
          {...form.getInputProps('tenantName')}
        />
        <TextInput
          label="Email"
          type="email"
          inputMode="email"
          autoComplete="email"
          size="md"
          {...form.getInputProps('email')}
        />
        <SecretInput
          label="Password"
          description={PASSWORD_RULE}
          autoComplete="new-password"
          size="md"
          {...form.getInputProps('password')}
        />
        {signUp.isError && <ProblemView problem={signUp.error} doing="changing" inline />}
        <Button type="submit" size="md" loading={signUp.isPending || signUp.isSuccess}>
          Create account
        </Button>
      </form>
    </AuthLayout>
  );
}
