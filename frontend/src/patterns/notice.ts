/** Short messages that float in and leave: something worked, or it did not and why. */
import { notifications } from '@mantine/notifications';
import { describeProblem, problemFromThrown } from '~/api/problem';

export function tell(message: string, title?: string): void {
  notifications.show({ message, ...(title ? { title } : {}), color: 'accent', autoClose: 4000, withBorder: true });
}

/** Failures stay longer, and carry the request id. */
export function tellProblem(error: unknown): void {
  const problem = problemFromThrown(error);
  if (problem.kind === 'aborted') return;
  const words = describeProblem(problem, 'changing');
  const quote = problem.requestId ? ` Request ${problem.requestId}` : '';
  notifications.show({
    title: words.title,
    message: `${words.advice}${quote}`,
    color: 'red',
    autoClose: 12_000,
    withBorder: true,
  });
}
