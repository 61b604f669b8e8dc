/** Rows as CSV that spreadsheets open safely: quoted by RFC 4180, and text that would run as a formula is defused. */

export type CsvValue = string | number | boolean | null | undefined;

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  let text = String(value);
  // A customer called "=HYPERLINK(…)" must stay a name; plain numbers keep their sign.
  if (/^[=+\-@\t\r]/.test(text) && !NUMBER.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An instant as whoever exports has it on the clock, with the offset that says which clock: 2026-11-22T23:59:59+01:00. */
export function csvTime(iso: string | null): string | null {
  if (iso === null) return null;
  const at = new Date(iso);
  const ahead = -at.getTimezoneOffset();
  const clock = new Date(at.getTime() + ahead * 60_000).toISOString().slice(0, 19);
  const [hours, minutes] = [Math.trunc(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `${clock}${ahead < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
}

const pad = (part: number) => String(part).padStart(2, '0');

export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
