/** Money for the eye: an exact decimal string and an ISO currency, in the reader's locale. */
import { parseDecimal } from './decimal';

export interface MoneyStyle {
  /** "£1.2K" for tight places such as axes; the exact amount must be reachable nearby. */
  compact?: boolean;
  /** Show "+" on positive amounts. */
  signed?: boolean;
  locale?: string;
}

const MINUS = '\u2212';
const formats = new Map<string, Intl.NumberFormat>();

function formatFor(currency: string, style: MoneyStyle, fractionDigits: number | undefined): Intl.NumberFormat {
  const key = [currency, style.locale, style.compact, style.signed, fractionDigits].join('|');
  const known = formats.get(key);
  if (known) return known;
  const options: Intl.NumberFormatOptions = { style: 'currency', currency };
  if (style.compact) Object.assign(options, { notation: 'compact', maximumFractionDigits: 1 });
  if (style.signed) options.signDisplay = 'exceptZero';
  if (fractionDigits !== undefined) options.maximumFractionDigits = fractionDigits;
  const made = new Intl.NumberFormat(style.locale, options);
  formats.set(key, made);
  return made;
}

/** How many decimals amounts of a currency have: 0 for JPY, 2 for GBP, 3 for KWD. Unknown codes: 2. */
export function minorUnits(currency: string): number {
  try {
    return formatFor(currency, {}, undefined).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/**
 * "£1,234.50" for ("1234.50", "GBP"). Decimals beyond the currency's own are shown when the amount has them; a negative
 * amount carries a minus sign; what cannot be read is shown as it came.
 */
export function formatMoney(amount: string, currency: string, style: MoneyStyle = {}): string {
  const value = parseDecimal(amount);
  if (!value) return `${amount} ${currency}`;
  try {
    const extra = value.scale > minorUnits(currency) && !style.compact ? value.scale : undefined;
    const format = formatFor(currency, style, extra);
    // The string goes in as it is: Intl reads decimal strings exactly, where a number would round.
    return format
      .formatToParts(amount as `${number}`)
      .map((part) => (part.type === 'minusSign' ? MINUS : part.value))
      .join('');
  } catch {
    return `${amount} ${currency}`;
  }
}
