/** What sold best, and who bought most. */
import { useQuery } from '@tanstack/react-query';
import { useSession } from '~/api/session';
import type { TopProduct } from '~/api/types';
import { toPixelValue } from '~/lib/decimal';
import { formatCount, plural } from '~/lib/format';
import { Money } from '~/patterns/money';
import { QueryView } from '~/patterns/query-view';
import { LinesSkeleton } from '~/patterns/skeletons';
import { TextLink } from '~/ui/links';
import { Panel } from '~/ui/panel';
import classes from './insights.module.css';
import { topCustomersQuery, topProductsQuery, type InsightRange, type InsightScope } from './queries';

export function TopProducts({ asked }: { asked: InsightRange }) {
  const { tenantId } = useSession();
  const products = useQuery(topProductsQuery(tenantId, asked));
  return (
    <Panel title="Top products" note="By what was sold in these days, before returns." flush>
      <QueryView
        query={products}
        skeleton={
          <div className={classes.pad}>
            <LinesSkeleton lines={8} />
          </div>
        }
        empty={({ items }) => items.length === 0 && <p className={classes.nothing}>Nothing was sold in these days.</p>}
      >
        {(data) => <ProductTable items={data.items} currency={data.currency} />}
      </QueryView>
    </Panel>
  );
}

function ProductTable({ items, currency }: { items: readonly TopProduct[]; currency: string }) {
  const most = Math.max(...items.map((item) => toPixelValue(item.revenue)), 0) || 1;
  return (
    <table className={classes.top}>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" className={classes.barHead}>
            <span className="sk-visually-hidden">Share of the best</span>
          </th>
          <th scope="col" className={classes.optional}>
            Units
          </th>
          <th scope="col" className={classes.optional}>
            Orders
          </th>
          <th scope="col">Sold</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.productId ?? item.title}>
            <td>
              {item.productId ? (
                <TextLink to="/products/$productId" params={{ productId: item.productId }} className="sk-touch">
                  {item.title}
                </TextLink>
              ) : (
                item.title
              )}
            </td>
            <td className={classes.barHead} aria-hidden="true">
              <span className={classes.bar} style={{ width: `${(toPixelValue(item.revenue) / most) * 100}%` }} />
            </td>
            <td className={classes.optional}>{formatCount(item.units)}</td>
            <td className={classes.optional}>{formatCount(item.orders)}</td>
            <td>
              <Money amount={item.revenue} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function TopCustomers({ scope, currency }: { scope: InsightScope; currency: string | undefined }) {
  const { tenantId } = useSession();
  const customers = useQuery(topCustomersQuery(tenantId, scope));
  return (
    <Panel title="Top customers" note="By everything they ever ordered.">
      <QueryView
        query={customers}
        skeleton={<LinesSkeleton lines={8} />}
        empty={(items) => items.length === 0 && <p className="sk-muted">No customer has ordered yet.</p>}
      >
        {(items) => (
          <ol className={classes.people}>
            {items.map((item) => (
              <li key={item.customerId}>
                <span className={classes.person}>
                  <TextLink to="/customers/$customerId" params={{ customerId: item.customerId }} className="sk-touch">
                    {item.customerName ?? item.customerEmail ?? 'No name'}
                  </TextLink>
                  <span className={classes.personSub}>{plural(item.orderCount, 'order')}</span>
                </span>
                <Money amount={item.totalRevenue} currency={currency ?? ''} />
              </li>
            ))}
          </ol>
        )}
      </QueryView>
    </Panel>
  );
}
