import { createFileRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '~/features/accounts/queries';
import { SignInPage } from '~/features/accounts/sign-in-page';
import { oneOf, safeReturnPath, uuid } from '~/lib/url-state';

interface SignInSearch {
  next?: string;
  notice?: 'deleted';
  erasure?: string;
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: (raw): SignInSearch => ({
    next: raw.next === undefined ? undefined : safeReturnPath(raw.next),
    notice: oneOf(raw.notice, ['deleted'] as const),
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
  return (
    <SignInPage
      next={next}
      notice={notice === 'deleted' ? gone : null}
      onSignedIn={() => void router({ href: next, replace: true })}
    />
  );
}
