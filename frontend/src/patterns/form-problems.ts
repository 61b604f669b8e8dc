/** Puts what the server said about a field beside that field; what is about no field stays with the form. */
import type { UseFormReturnType } from '@mantine/form';
import { fieldProblems, type ApiProblem } from '~/api/problem';

/** True when every complaint found its field. */
export function showFieldProblems<Values extends object>(
  form: UseFormReturnType<Values>,
  problem: ApiProblem,
  names: Record<string, keyof Values & string> = {},
): boolean {
  const values = form.getValues();
  const placed = fieldProblems(problem).map(({ field, message }) => {
    const name = names[field] ?? field;
    if (!(name in values)) return false;
    form.setFieldError(name, message);
    return true;
  });
  return placed.length > 0 && placed.every(Boolean);
}
