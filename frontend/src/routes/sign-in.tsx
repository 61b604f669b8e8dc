import { createFileRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '~/features/accounts/queries';
import { SignInPage } from '~/features/accounts/sign-in-page';
import { oneOf, safeReturnPath, uuid } from '~/lib/url-state';

interface SignInSearch {
  next?: string;
  notice?: 'deleted' | 'ended';
  erasure?: string;
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: (raw): SignInSearch => ({
    next: raw.next === undefined ? undefined : safeReturnPath(raw.next),
    notice: oneOf(raw.notice, ['deleted', 'ended'] as const),
    erasure: uuid(raw.erasure),
  }),
  beforeLoad: ({ context, search }) => {
    // Someone already signed in has no business here.
    if (context.queryClient.getQueryData(sessionQuery().queryKey)) throw redirect({ href: search.next ?? '/' });
  },
  component: SignIn,
});

function SignIn() {
  const { next = '/', notice, erasure } = Route.useSearch();
  const router = Route.useNavigate();
  const gone = `The account is deleted and everything in it is being erased.${erasure ? ` Reference: ${erasure}.` : ''}`;
  const ended = 'Your session has ended. Sign in to go on; what was not saved yet is to be typed again.';
  const told = { deleted: gone, ended };
  return (
    <SignInPage
      next={next}
      notice={notice ? told[notice] : null}
      onSignedIn={() => void router({ href: next, replace: true })}
    />
  );
}
