/** Remembers in this browser that something was once seen, for checklists that tick themselves off. */

const keyOf = (scope: string, what: string) => `storekeep.seen.${scope}.${what}`;

export function markSeen(scope: string, what: string): void {
  try {
    localStorage.setItem(keyOf(scope, what), '1');
  } catch {
    // Storage is blocked: the checklist just stays as it is.
  }
}

export function wasSeen(scope: string, what: string): boolean {
  try {
    return localStorage.getItem(keyOf(scope, what)) !== null;
  } catch {
    return false;
  }
}
