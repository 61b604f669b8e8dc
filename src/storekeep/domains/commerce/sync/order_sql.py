"""The statements of `merge_orders`, in the order in which they run. Parameters: tenant, store, now, and what each one names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import TextClause

from storekeep.domains.commerce.statements import for_any_tenant
from storekeep.domains.commerce.sync.columns import assigned, differs, excluded, names, values
from storekeep.domains.commerce.sync.staging import ORDER_TABLES

# ruff: noqa: S608 (every name put together here is one of our own)

_HEAD = [c for c in ORDER_TABLES["orders"].columns if c not in ("new_id", "customer")]
_SUMS = [c for c in ORDER_TABLES["order_sums"].columns if c != "shopify_id"]
_CHANGED = [c for c in _HEAD if c != "shopify_id"]

FIND_DELETED = for_any_tenant("""
    SELECT o.id FROM orders o WHERE o.tenant_id = :tenant AND o.store_id = :store
        AND o.shopify_id = ANY(CAST(:deleted AS bigint[]))
""")
# What exists here, was created in the span and is not at the source any more. Refused records are there, if not readable.
FIND_GONE = for_any_tenant("""
    SELECT o.id FROM orders o WHERE o.tenant_id = :tenant AND o.store_id = :store
        AND (CAST(:starts AS timestamptz) IS NULL OR o.source_created_at >= :starts)
        AND (CAST(:ends AS timestamptz) IS NULL OR o.source_created_at < :ends)
        AND NOT EXISTS (SELECT FROM stage_orders s WHERE s.shopify_id = o.shopify_id)
        AND o.shopify_id <> ALL(CAST(:refused AS bigint[]))
""")
LOCK_ORDERS = for_any_tenant("""
    SELECT count(*) FROM (
        SELECT o.id FROM orders o WHERE o.tenant_id = :tenant AND o.store_id = :store
            AND o.id IN (
                SELECT p.id FROM stage_orders s JOIN orders p
                    ON p.tenant_id = :tenant AND p.store_id = :store AND p.shopify_id = s.shopify_id
                UNION SELECT unnest(CAST(:gone AS uuid[])))
        ORDER BY o.id FOR NO KEY UPDATE) AS locked
""")
# What becomes of each: new; changed (newer, or as old with other content); touched (newer, same content); same; stale. Changed,
# too, where everything is read, it names a customer and ours has none: whoever that was went, and is at the source after all. Not
# in deltas: somebody whom Shopify names and does not know when asked would come and go with each.
CLASSIFY = for_any_tenant("""
    INSERT INTO work_orders (shopify_id, id, customer, old_customer_id, created_day, old_created_day, sales_day, old_sales_day,
        processed_at, old_processed_at, test, old_test, state)
    SELECT s.shopify_id, coalesce(o.id, s.new_id), s.customer, o.customer_id, s.created_day, o.created_day,
        s.sales_day, o.sales_day, s.processed_at, o.processed_at, s.test, o.test,
        CASE WHEN o.id IS NULL THEN 'new'
            WHEN o.source_updated_at > s.source_updated_at THEN 'stale'
            WHEN o.fingerprint <> f.fingerprint THEN 'changed'
            WHEN :everywhere AND o.customer_id IS NULL AND s.customer IS NOT NULL THEN 'changed'
            WHEN o.source_updated_at < s.source_updated_at THEN 'touched'
            ELSE 'same' END
    FROM stage_orders s JOIN stage_order_sums f ON f.shopify_id = s.shopify_id
    LEFT JOIN orders o ON o.tenant_id = :tenant AND o.store_id = :store AND o.shopify_id = s.shopify_id
""")
ADD_GONE = for_any_tenant("""
    INSERT INTO work_orders
        (shopify_id, id, old_customer_id, old_created_day, old_sales_day, old_processed_at, old_test, state)
    SELECT o.shopify_id, o.id, o.customer_id, o.created_day, o.sales_day, o.processed_at, o.test, 'gone'
    FROM orders o WHERE o.tenant_id = :tenant AND o.store_id = :store AND o.id = ANY(CAST(:gone AS uuid[]))
""")
COUNT = for_any_tenant("SELECT state, count(*) FROM work_orders GROUP BY state")
DROP_IDLE = for_any_tenant("DELETE FROM work_orders WHERE state IN ('same', 'stale')")

UNKNOWN_CUSTOMERS = for_any_tenant("""
    SELECT DISTINCT ON (w.customer) w.customer, s.source_created_at, s.created_day
    FROM work_orders w JOIN stage_orders s ON s.shopify_id = w.shopify_id
    WHERE w.customer IS NOT NULL AND w.state IN ('new', 'changed') AND NOT EXISTS (
        SELECT FROM customers c WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.shopify_id = w.customer)
    ORDER BY w.customer, s.source_created_at
""")
ADD_PLACEHOLDERS = for_any_tenant("""
    INSERT INTO customers (tenant_id, id, store_id, shopify_id, tags, addresses, source_created_at, source_updated_at,
        created_day, placeholder, fingerprint, created_at, updated_at)
    SELECT :tenant, id, :store, shopify_id, '{}', '[]', source_created_at, to_timestamp(0), created_day, true, '', :now, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS bigint[]), CAST(:created AS timestamptz[]), CAST(:days AS date[]))
        AS missing (id, shopify_id, source_created_at, created_day) ORDER BY shopify_id
    ON CONFLICT (tenant_id, store_id, shopify_id) DO NOTHING
""")
LINK_CUSTOMERS = for_any_tenant("""
    UPDATE work_orders w SET customer_id = c.id FROM customers c
    WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.shopify_id = w.customer
""")
# Placeholders that no order will name any more: of the orders written, or with :everywhere of the whole store.
LEFT_PLACEHOLDERS = for_any_tenant("""
    SELECT c.id, c.created_day FROM customers c
    WHERE c.tenant_id = :tenant AND c.store_id = :store AND c.placeholder
        AND (:everywhere OR c.id IN (SELECT old_customer_id FROM work_orders WHERE state IN ('gone', 'changed')))
        AND NOT EXISTS (SELECT FROM work_orders w WHERE w.customer_id = c.id)
        AND NOT EXISTS (
            SELECT FROM orders o WHERE o.tenant_id = :tenant AND o.customer_id = c.id AND NOT EXISTS (
                SELECT FROM work_orders w WHERE w.id = o.id AND w.state IN ('gone', 'changed')))
""")
LOCK_CUSTOMERS = for_any_tenant("""
    SELECT c.id FROM customers c WHERE c.tenant_id = :tenant AND c.id IN (
        SELECT customer_id FROM work_orders WHERE state <> 'touched'
        UNION SELECT old_customer_id FROM work_orders WHERE state <> 'touched'
        UNION SELECT unnest(CAST(:left AS uuid[])))
    ORDER BY c.id FOR NO KEY UPDATE
""")
# A customer may be removed until it is locked: before it was linked to its order, or after.
CUSTOMER_WENT = for_any_tenant("""
    SELECT EXISTS (SELECT FROM work_orders w WHERE w.customer IS NOT NULL AND w.state IN ('new', 'changed') AND NOT EXISTS (
        SELECT FROM customers c WHERE c.tenant_id = :tenant AND c.id = w.customer_id))
""")
DROP_PLACEHOLDERS = for_any_tenant("DELETE FROM customers c WHERE c.tenant_id = :tenant AND c.id = ANY(CAST(:left AS uuid[]))")
# Days of the orders themselves, of their refunds and corrections, before and after.
OWN_DAYS = for_any_tenant("""
    SELECT unnest(ARRAY[created_day, sales_day, old_created_day, old_sales_day]) AS day FROM work_orders
        WHERE state <> 'touched'
    UNION SELECT s.refund_day FROM stage_refunds s JOIN work_orders w ON w.shopify_id = s.parent
        WHERE w.state <> 'touched'
    UNION SELECT r.refund_day FROM refunds r JOIN work_orders w ON w.id = r.order_id
        WHERE r.tenant_id = :tenant AND w.state <> 'touched'
    UNION SELECT s.correction_day FROM stage_order_corrections s JOIN work_orders w ON w.shopify_id = s.parent
        WHERE w.state <> 'touched'
    UNION SELECT k.correction_day FROM order_corrections k JOIN work_orders w ON w.id = k.order_id
        WHERE k.tenant_id = :tenant AND w.state <> 'touched'
""")
# The day of a customer's first sale, where an earlier one now comes before it; and the day of the sale that comes first from now
# on, where the first one moved or went.
FIRST_DAYS = for_any_tenant("""
    WITH touched AS (
        SELECT customer_id AS id FROM work_orders WHERE state <> 'touched'
        UNION SELECT old_customer_id FROM work_orders WHERE state <> 'touched'),
    firsts AS (
        SELECT c.customer_id AS id, min(c.first_order_at) AS at FROM customer_sales c
        WHERE c.tenant_id = :tenant AND c.customer_id IN (SELECT id FROM touched) GROUP BY c.customer_id),
    moved AS (
        SELECT f.id FROM firsts f
        JOIN work_orders w ON w.old_customer_id = f.id AND w.old_processed_at = f.at AND NOT w.old_test
        WHERE w.state = 'gone' OR (w.state = 'changed' AND
            (w.customer_id, w.processed_at, w.test) IS DISTINCT FROM (w.old_customer_id, w.old_processed_at, w.old_test))),
    next AS (
        SELECT o.customer_id AS id, min(o.processed_at) AS at FROM orders o
        WHERE o.tenant_id = :tenant AND NOT o.test AND o.customer_id IN (SELECT id FROM moved) AND NOT EXISTS (
            SELECT FROM work_orders w WHERE w.id = o.id AND w.state IN ('gone', 'changed'))
        GROUP BY o.customer_id),
    overtaken AS (
        SELECT f.id, f.at FROM firsts f WHERE EXISTS (
            SELECT FROM work_orders w WHERE w.customer_id = f.id AND w.state IN ('new', 'changed')
                AND NOT w.test AND w.processed_at < f.at))
    SELECT DISTINCT o.sales_day AS day FROM (SELECT * FROM next UNION SELECT * FROM overtaken) AS n
    JOIN orders o ON o.tenant_id = :tenant AND o.customer_id = n.id AND o.processed_at = n.at AND NOT o.test
""")
OVERTAKEN = for_any_tenant("""
    SELECT EXISTS (SELECT FROM work_orders w JOIN orders o
        ON o.tenant_id = :tenant AND o.store_id = :store AND o.shopify_id = w.shopify_id WHERE w.state = 'new')
""")

TOUCH = for_any_tenant("""
    UPDATE orders o SET source_updated_at = s.source_updated_at
    FROM work_orders w JOIN stage_orders s USING (shopify_id)
    WHERE o.tenant_id = :tenant AND o.id = w.id AND w.state = 'touched'
""")
_DELETE_GONE = for_any_tenant("""
    DELETE FROM orders o USING work_orders w WHERE o.tenant_id = :tenant AND o.id = w.id AND w.state = 'gone'
""")
_UPDATE = for_any_tenant(f"""
    UPDATE orders o SET {assigned([("s", _CHANGED), ("f", _SUMS)])}, customer_id = w.customer_id, updated_at = :now
    FROM work_orders w JOIN stage_orders s USING (shopify_id) JOIN stage_order_sums f USING (shopify_id)
    WHERE o.tenant_id = :tenant AND o.id = w.id AND w.state = 'changed'
""")
_INSERT = for_any_tenant(f"""
    INSERT INTO orders (tenant_id, store_id, id, customer_id, created_at, updated_at, {names(_HEAD)}, {names(_SUMS)})
    SELECT :tenant, :store, w.id, w.customer_id, :now, :now, {values("s", _HEAD)}, {values("f", _SUMS)}
    FROM work_orders w JOIN stage_orders s USING (shopify_id) JOIN stage_order_sums f USING (shopify_id)
    WHERE w.state = 'new' ORDER BY w.id
""")


@dataclass(frozen=True, slots=True)
class Step:
    """A writing statement, needed when there are orders in one of `states`, and rows in staging table `table` (None: any)."""

    statement: TextClause
    states: frozenset[str]
    table: str | None = None

    @property
    def sliced(self) -> bool:
        """Whether it is run once a slice (parameters slices and slice, 0-based), for there may be more rows than one can take."""
        return self.table == "order_lines"


_WRITTEN, _CHANGED_ONLY = frozenset({"new", "changed"}), frozenset({"changed"})


def _children(table: str, key: Sequence[str], *, store: bool) -> list[Step]:
    """Make a child table of the orders written hold what was staged: what is no longer there goes, the rest is upserted."""
    columns = [c for c in ORDER_TABLES[table].columns if c not in ("parent", "new_id")]
    data = [c for c in columns if c not in key]
    same = " AND ".join(f"s.{c} = t.{c}" for c in key)
    into, what = ("store_id, ", ":store, ") if store else ("", "")
    slice_ = "AND mod(w.shopify_id, :slices) = :slice" if table == "order_lines" else ""
    delete = for_any_tenant(f"""
        DELETE FROM {table} t USING work_orders w
        WHERE t.tenant_id = :tenant AND t.order_id = w.id AND w.state = 'changed' AND NOT EXISTS (
            SELECT FROM stage_{table} s WHERE s.parent = w.shopify_id AND {same})
    """)
    upsert = for_any_tenant(f"""
        INSERT INTO {table} (tenant_id, {into}id, order_id, {names(columns)})
        SELECT :tenant, {what}s.new_id, w.id, {values("s", columns)}
        FROM stage_{table} s JOIN work_orders w ON w.shopify_id = s.parent WHERE w.state IN ('new', 'changed') {slice_}
        ON CONFLICT (tenant_id, order_id, {names(key)}) DO UPDATE SET {excluded(data)} WHERE {differs(table, data)}
    """)
    return [Step(delete, _CHANGED_ONLY), Step(upsert, _WRITTEN, table)]


_DELETE_REFUND_LINES = for_any_tenant("""
    DELETE FROM refund_lines t USING refunds r, work_orders w
    WHERE t.tenant_id = :tenant AND r.tenant_id = :tenant AND t.refund_id = r.id AND r.order_id = w.id
        AND w.state = 'changed' AND NOT EXISTS (
            SELECT FROM stage_refund_lines s
            WHERE s.parent = w.shopify_id AND s.refund = r.shopify_id AND s.shopify_id = t.shopify_id)
""")
# What a line refunded is looked up by its key, one by one: two tables of one tenant joined are easily thought to be one row.
_UPSERT_REFUND_LINES = for_any_tenant("""
    INSERT INTO refund_lines (tenant_id, id, refund_id, line_id, shopify_id, quantity, restock_type, subtotal, tax)
    SELECT :tenant, s.new_id, r.id,
        (SELECT l.id FROM order_lines l WHERE l.tenant_id = :tenant AND l.order_id = w.id AND l.shopify_id = s.line),
        s.shopify_id, s.quantity, s.restock_type, s.subtotal::numeric, s.tax::numeric
    FROM stage_refund_lines s JOIN work_orders w ON w.shopify_id = s.parent CROSS JOIN LATERAL (
        SELECT r.id FROM refunds r WHERE r.tenant_id = :tenant AND r.order_id = w.id AND r.shopify_id = s.refund OFFSET 0) r
    WHERE w.state IN ('new', 'changed')
    ON CONFLICT (tenant_id, refund_id, shopify_id) DO UPDATE SET line_id = excluded.line_id,
        quantity = excluded.quantity, restock_type = excluded.restock_type, subtotal = excluded.subtotal, tax = excluded.tax
""")

WRITE: list[Step] = [
    Step(_DELETE_GONE, frozenset({"gone"})),
    Step(TOUCH, frozenset({"touched"})),
    Step(_UPDATE, _CHANGED_ONLY),
    Step(_INSERT, frozenset({"new"})),
    *_children("order_lines", ["shopify_id"], store=False),
    *_children("fulfillments", ["shopify_id"], store=False),
    *_children("refunds", ["shopify_id"], store=True),
    Step(_DELETE_REFUND_LINES, _CHANGED_ONLY),
    Step(_UPSERT_REFUND_LINES, _WRITTEN, "refund_lines"),
    *_children("order_corrections", ["kind", "shopify_id"], store=True),
]
