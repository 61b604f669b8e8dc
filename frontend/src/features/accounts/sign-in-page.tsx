/** Signing in; in the demo, with its credentials one click away. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { ProblemView } from '~/patterns/problem-view';
import { TextLink } from '~/ui/links';
import { SecretInput } from '~/ui/secret-input';
import { AuthLayout } from './auth-layout';
import classes from './auth-layout.module.css';
import { emailProblem } from './model';
import { useSignIn } from './mutations';
import { metaQuery } from './queries';

interface SignInPageProps {
  next: string;
  notice: string | null;
  onSignedIn: () => void;
}

export function SignInPage({ next, notice, onSignedIn }: SignInPageProps) {
  const meta = useQuery(metaQuery());
  const signIn = useSignIn();
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: { username: emailProblem, password: (value) => (value ? null : 'Enter your password.') },
  });
  const demo = meta.data?.demo;
  // Signed in, the way on may still load: what is sent again in that moment would end the session just begun.
  const leaving = signIn.isPending || signIn.isSuccess;
  return (
    <AuthLayout
      title="Sign in"
      foot={
        <>
          New here?{' '}
          <TextLink to="/sign-up" search={{ next }}>
            Create an account
          </TextLink>
        </>
      }
    >
      {notice && <p role="status">{notice}</p>}
      {demo && (
        <div className={classes.demo}>
          <p>
            Demo: <code>{demo.email}</code>
            <br />
            Password: <code>{demo.password}</code>
          </p>
          <Button
            variant="default"
            size="xs"
            onClick={() => form.setValues({ username: demo.email, password: demo.password })}
          >
            Fill in
          </Button>
        </div>
      )}
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) =>
          signIn.mutate({ ...values, username: values.username.trim() }, { onSuccess: onSignedIn }),
        )}
      >
        <TextInput
          label="Email"
          type="email"
          autoFocus
          autoComplete="username"
          inputMode="email"
          size="md"
          {...form.getInputProps('username')}
        />
        <SecretInput label="Password" autoComplete="current-password" size="md" {...form.getInputProps('password')} />
        {signIn.isError && <ProblemView problem={signIn.error} inline />}
        <Button type="submit" size="md" loading={leaving}>
          Sign in
        </Button>
      </form>
    </AuthLayout>
  );
}
