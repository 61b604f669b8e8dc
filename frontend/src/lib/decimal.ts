/** Exact arithmetic on decimal strings, the way amounts travel on the wire. Never passes through a float. */

export interface Decimal {
  readonly units: bigint;
  /** Digits after the point that `units` carries. */
  readonly scale: number;
}

const PATTERN = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/** Reads "-12.30"; null when the text is not a plain decimal number. */
export function parseDecimal(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const [, sign, whole, fraction = ''] = match;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

function rescale(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

function render(units: bigint, scale: number): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale ? `.${digits.slice(-scale)}` : '';
  return `${negative ? '-' : ''}${whole}${fraction}`;
}

/** The exact sum of decimal strings, with the widest scale among them; unreadable ones are an error. */
export function sumDecimals(amounts: readonly string[]): string {
  const parsed = amounts.map((amount) => {
    const value = parseDecimal(amount);
    if (!value) throw new RangeError(`not a decimal amount: ${amount}`);
    return value;
  });
  const scale = Math.max(0, ...parsed.map((value) => value.scale));
  return render(
    parsed.reduce((total, value) => total + rescale(value, scale), 0n),
    scale,
  );
}

/** "-12.30" for "12.30" and the other way round; zero stays without a sign. */
export function negateDecimal(amount: string): string {
  const value = parseDecimal(amount);
  if (!value) return amount;
  return render(-value.units, value.scale);
}

/** -1, 0 or 1; unreadable text counts as zero. */
export function signOf(amount: string): -1 | 0 | 1 {
  const units = parseDecimal(amount)?.units ?? 0n;
  if (units === 0n) return 0;
  return units < 0n ? -1 : 1;
}

/** Exact comparison for sorting; unreadable text counts as zero. */
export function compareDecimals(left: string, right: string): -1 | 0 | 1 {
  const a = parseDecimal(left) ?? { units: 0n, scale: 0 };
  const b = parseDecimal(right) ?? { units: 0n, scale: 0 };
  const scale = Math.max(a.scale, b.scale);
  const difference = rescale(a, scale) - rescale(b, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** A float for drawing only: the height of a bar, never a figure someone reads. */
export function toPixelValue(amount: string | null): number {
  return amount === null ? 0 : Number(amount);
}
