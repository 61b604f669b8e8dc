/** Rows as CSV that spreadsheets open safely: quoted by RFC 4180, and text that would run as a formula is defused. */
import { minutesAhead, ownTimeZone } from './dates';

export type CsvValue = string | number | boolean | null | undefined;

/** What a spreadsheet takes for a formula; it looks past blanks and line ends before the first sign. */
const FORMULA = /^(\s*[=+\-@]|[\t\r\n])/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  let text = String(value);
  // A customer called "=HYPERLINK(…)" must stay a name; plain numbers keep their sign.
  if (FORMULA.test(text) && !NUMBER.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An instant as a clock in the zone shows it, with the offset that says which clock: 2026-11-22T23:59:59+01:00. */
export function csvTime(iso: string | null, timeZone = ownTimeZone()): string | null {
  if (iso === null) return null;
  const at = new Date(iso);
  const ahead = minutesAhead(at, timeZone);
  const clock = new Date(at.getTime() + ahead * 60_000).toISOString().slice(0, 19);
  const [hours, minutes] = [Math.trunc(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  return `${clock}${ahead < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
}

const pad = (part: number) => String(part).padStart(2, '0');

export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
