/** An order's states as badges. */
import { StateBadge } from '~/ui/state-badge';
import { FINANCIAL, FULFILLMENT, stateWords } from './model';

export function PaymentBadge({ status }: { status: string | null }) {
  const words = stateWords(FINANCIAL, status);
  return words && <StateBadge {...words} />;
}

export function FulfilmentBadge({ status }: { status: string | null }) {
  const words = stateWords(FULFILLMENT, status);
  return words && <StateBadge {...words} />;
}

/** Marks that change how an order is to be read. */
export function OrderMarks({ cancelledAt, test }: { cancelledAt: string | null; test: boolean }) {
  return (
    <>
      {cancelledAt !== null && <StateBadge tone="bad" label="Cancelled" />}
      {test && <StateBadge tone="warn" label="Test" />}
    </>
  );
}
