/** The API's shapes under the names the page uses; the only file that knows the generated schema's names. */
import type { components, operations } from './generated/schema';

type Schemas = components['schemas'];

export type Meta = Schemas['MetaRead'];
export type Role = Schemas['Role'];
export type Session = Schemas['SessionRead'];
export type SessionListItem = Schemas['SessionListItem'];
export type Tenant = Schemas['TenantRead'];
export type Member = Schemas['MemberRead'];

export type Store = Schemas['StoreRead'];
export type Erasure = Schemas['ErasureRead'];

export type SyncRun = Schemas['SyncRun'];
export type SyncResource = Schemas['SyncResource'];

export type OrderListItem = Schemas['OrderListItem'];
export type Order = Schemas['OrderRead'];
export type OrderLine = Schemas['OrderLine'];
export type OrderRefund = Schemas['OrderRefund'];
export type OrderFulfillment = Schemas['OrderFulfillment'];
export type Address = Schemas['Address'];
export type TimelineItem = Schemas['TimelineEntry'];
export type CustomerListItem = Schemas['CustomerListItem'];
export type Customer = Schemas['CustomerRead'];
export type ProductListItem = Schemas['ProductListItem'];
export type Product = Schemas['ProductRead'];

export type Overview = Schemas['Overview'];
export type OverviewTile = Schemas['OverviewTile'];
export type PartError = Schemas['PartError'];
export type Period = Schemas['Period'];
export type Timeseries = Schemas['Timeseries'];
export type TimeseriesPoint = Schemas['TimeseriesPoint'];
export type TopProduct = Schemas['TopProduct'];
export type TopCustomer = Schemas['TopCustomer'];
export type Changes = Schemas['Changes'];

export type AuditEntry = Schemas['AuditEntry'];
export type Job = Schemas['Job'];

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

type QueryOf<Name extends keyof operations> = operations[Name] extends { parameters: { query?: infer Q } }
  ? NonNullable<Q>
  : never;

export type OrderListParams = QueryOf<'get_api_orders'>;
export type AuditParams = QueryOf<'get_api_audit'>;
