"""Copying a store: records from Shopify become rows, are staged, merged newer-wins, and the figures of their days recomputed.

Follow a record: `reading` → `order_rows` | `customer_rows` | `product_rows` (pure) → `staging` (COPY into temporary tables) →
`merge_orders` | `merge_customers` | `merge_products` (set-based SQL) → `sales_days`. The jobs that drive it: `windows` and
`bulk_load` (everything), `delta` (what changed), `refresh` (one order). See docs/flows/store-sync.md.
"""
