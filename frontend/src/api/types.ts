/** The API's shapes under the names the page uses; the only file that knows the generated schema's names. */
import type { components, operations } from './generated/schema';

type Schemas = components['schemas'];

export type Meta = Schemas['MetaRead'];
export type Role = Schemas['Role'];
export type Session = Schemas['SessionRead'];
export type SessionListItem = Schemas['LoginSessionRead'];
export type Tenant = Schemas['TenantRead'];
export type Member = Schemas['MemberRead'];

export type Store = Schemas['StoreRead'];
export type Erasure = Schemas['ErasureRead'];

export type SyncRun = Schemas['SyncRunRead'];
export type SyncResource = Schemas['SyncResourceRead'];

export type OrderListItem = Schemas['OrderRead'];
export type Order = Schemas['OrderDetailRead'];
export type OrderLine = Schemas['LineRead'];
export type OrderRefund = Schemas['RefundRead'];
export type OrderFulfillment = Schemas['FulfillmentRead'];
export type Address = Schemas['AddressRead'];
export type TimelineItem = Schemas['TimelineEntryRead'];
export type CustomerListItem = Schemas['CustomerRead'];
export type Customer = Schemas['CustomerDetailRead'];
export type ProductListItem = Schemas['ProductRead'];
export type Product = Schemas['ProductDetailRead'];

export type Overview = Schemas['OverviewRead'];
export type OverviewTile = Schemas['TileRead'];
export type PartError = Schemas['PartErrorRead'];
export type Period = Schemas['PeriodRead'];
export type Timeseries = Schemas['TimeseriesRead'];
export type TimeseriesPoint = Schemas['PointRead'];
export type TopProduct = Schemas['TopProductRead'];
export type TopCustomer = Schemas['TopCustomerRead'];
export type Changes = Schemas['ChangesRead'];

export type AuditEntry = Schemas['AuditEntryRead'];
export type Job = Schemas['JobRead'];
export type JobState = Schemas['JobState'];

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

type QueryOf<Name extends keyof operations> = operations[Name] extends { parameters: { query?: infer Q } }
  ? NonNullable<Q>
  : never;

export type OrderListParams = QueryOf<'listOrders'>;
export type AuditParams = QueryOf<'listAuditEntries'>;
