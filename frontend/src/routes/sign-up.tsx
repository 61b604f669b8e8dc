import { createFileRoute } from '@tanstack/react-router';
import { SignUpPage } from '~/features/accounts/sign-up-page';
import { safeReturnPath } from '~/lib/url-state';

export const Route = createFileRoute('/sign-up')({
  validateSearch: (raw): { next?: string } => ({ next: raw.next === undefined ? undefined : safeReturnPath(raw.next) }),
  component: SignUp,
});

function SignUp() {
  const { next = '/' } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <SignUpPage next={next} onSignedIn={() => void navigate({ href: next, replace: true })} />;
}
