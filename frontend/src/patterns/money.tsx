/** An amount with its currency, exactly as the API sent it, in the reader's locale. Ink, never coloured. */
import { formatMoney, type MoneyStyle } from '~/lib/money';

interface MoneyProps extends MoneyStyle {
  amount: string;
  currency: string;
  strike?: boolean;
}

export function Money({ amount, currency, strike = false, ...style }: MoneyProps) {
  const text = formatMoney(amount, currency, style);
  const exact = style.compact ? formatMoney(amount, currency) : undefined;
  const Tag = strike ? 's' : 'span';
  return (
    <Tag className="sk-num" title={exact}>
      <bdi>{text}</bdi>
    </Tag>
  );
}
