-- One tenant with a year of orders, one customer to five orders, and the figures made of them.
-- Expects the settings bench.tenant (a uuid) and bench.orders (a count). Run by big_store.py, as the superuser.
CREATE OR REPLACE FUNCTION pg_temp.bench_id(kind bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  -- UUIDv7-shaped and ordered by n, as the product's own ids are by time.
  SELECT (lpad(to_hex(1735689600000 + n), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(kind), 15, '0'))::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.bench_tenant() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT current_setting('bench.tenant')::uuid
$$;

INSERT INTO tenants (id, name, created_at, updated_at) VALUES (pg_temp.bench_tenant(), 'Bench', now(), now());

INSERT INTO connections (tenant_id, id, type, status, label, created_at, updated_at)
VALUES (pg_temp.bench_tenant(), pg_temp.bench_tenant(), 'SHOPIFY', 'CONNECTED', 'bench', now(), now());

INSERT INTO stores (tenant_id, id, shop, shop_name, currency, time_zone, connected_via, generation, installed_at, scopes,
                    sync_interval_minutes, sync_paused, customers_count, orders_count, products_count, created_at, updated_at)
VALUES (pg_temp.bench_tenant(), pg_temp.bench_tenant(), 'bench.myshopify.com', 'Bench', 'GBP', 'Europe/London', 'OAUTH', 1, now(), '{}',
        5, true, current_setting('bench.orders')::int / 5, current_setting('bench.orders')::int, 0, now(), now());

INSERT INTO customers (tenant_id, id, store_id, shopify_id, name, email, email_norm, tags, addresses, source_created_at,
                       source_updated_at, created_day, placeholder, fingerprint, created_at, updated_at)
SELECT pg_temp.bench_tenant(), pg_temp.bench_id(1, n), pg_temp.bench_tenant(), n, 'Customer ' || n, 'c' || n || '@example.com',
       'c' || n || '@example.com', '{}', '[]', t, t, t::date, false, '\x00', now(), now()
FROM (SELECT n, timestamptz '2025-01-01 12:00Z' + (n % 365) * interval '1 day' AS t
      FROM generate_series(1, current_setting('bench.orders')::int / 5) AS n) AS made;

INSERT INTO orders (tenant_id, id, store_id, shopify_id, name, customer_id, customer_name, email, email_norm,
                    source_created_at, processed_at, source_updated_at, created_day, sales_day, test, edited,
                    financial_status, fulfillment_status, tags, discount_codes, currency, presentment_currency, taxes_included,
                    total_price, subtotal_price, total_discounts, total_shipping, total_tax, total_duties, total_additional_fees,
                    total_tip, total_refunded, current_total_price, presentment_total_price, units, gross_sales, discounts,
                    net_shipping, taxes, item_count, line_count, shipping_lines, fingerprint, created_at, updated_at)
SELECT pg_temp.bench_tenant(), pg_temp.bench_id(2, n), pg_temp.bench_tenant(), n, '#' || n, pg_temp.bench_id(1, c), 'Customer ' || c,
       'c' || c || '@example.com', 'c' || c || '@example.com', t, t, t, t::date, t::date, false, false,
       'PAID', 'FULFILLED', '{}', '{}', 'GBP', 'GBP', false, p, p, 0, 0, 0, 0, 0, 0, 0, p, p, 3, p, 0, 0, 0, 3, 2, '[]', '\x00',
       now(), now()
FROM (SELECT n, 1 + n % (total / 5) AS c, 10 + (n::bigint * 7919 % 9000) / 100.0 AS p,
             timestamptz '2025-01-01 12:00Z' + (n::bigint * 365 / total) * interval '1 day' + (n % 600) * interval '1 second' AS t
      FROM (SELECT current_setting('bench.orders')::int AS total) AS size, generate_series(1, total) AS n) AS made;

INSERT INTO customer_sales (tenant_id, id, store_id, customer_id, currency, orders, revenue, first_order_at, last_order_at)
SELECT tenant_id, customer_id, store_id, customer_id, currency, count(*), sum(total_price), min(processed_at), max(processed_at)
FROM orders WHERE tenant_id = pg_temp.bench_tenant() GROUP BY tenant_id, store_id, customer_id, currency;

INSERT INTO sales_days (tenant_id, id, store_id, day, currency, placed_orders, placed_revenue, orders, customers_created,
                        units, gross_sales, discounts, returns, adjustments, order_value, shipping, taxes, duties, fees, tips,
                        refunds, refunded, cancelled, fulfilled, pending, customers, new_customers, returning_customers)
SELECT pg_temp.bench_tenant(), gen_random_uuid(), pg_temp.bench_tenant(), o.day, 'GBP', o.n, o.revenue, o.n, coalesce(c.n, 0),
       o.n * 3, o.revenue, 0, 0, 0, o.revenue, 0, 0, 0, 0, 0, 0, 0, 0, o.n, 0, 0, 0, 0
FROM (SELECT created_day AS day, count(*) AS n, sum(total_price) AS revenue FROM orders
      WHERE tenant_id = pg_temp.bench_tenant() GROUP BY 1) AS o
LEFT JOIN (SELECT created_day AS day, count(*) AS n FROM customers WHERE tenant_id = pg_temp.bench_tenant() GROUP BY 1) AS c USING (day);
