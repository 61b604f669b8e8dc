/** Keyset-looking pages over a list in memory. */
export function paged<Item>(items: readonly Item[], url: URL) {
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + limit;
  return { items: items.slice(start, end), nextCursor: end < items.length ? String(end) : null };
}

const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function matches(query: string | null, ...fields: (string | null | undefined)[]): boolean {
  if (!query) return true;
  const wanted = folded(query);
  return fields.some((field) => field && folded(field).includes(wanted));
}
