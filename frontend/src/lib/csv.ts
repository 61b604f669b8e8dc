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

export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
