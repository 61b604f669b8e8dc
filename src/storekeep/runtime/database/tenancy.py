"""The DDL that makes tenancy a fact of the database: row-level security and grants, derived from the tables' own declarations.

Roles: the owner (migrations), app_rt (requests and jobs), app_system (directories and headers). Used by migrations and checked
against the live catalogue by `tests/contract/test_catalogue.py`.
"""

from __future__ import annotations

from sqlalchemy import Table

RUNTIME_ROLE = "app_rt"
SYSTEM_ROLE = "app_system"
SEARCH_ROLE = "search_owner"

# nullif: after a transaction-local setting ends it reads as '', and ''::uuid raises. The sub-select runs once a statement.
CURRENT_TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"


def is_tenant_table(table: Table) -> bool:
    """Whether the table's rows belong to tenants: it has tenant_id in its primary key, or is the table of tenants itself."""
    return table.name == "tenants" or "tenant_id" in table.primary_key.columns


def tenancy_ddl(table: Table) -> list[str]:
    """The statements that secure one table, in order; run by its owner right after CREATE TABLE."""
    return _tenant_ddl(table) if is_tenant_table(table) else _system_ddl(table)


def _tenant_ddl(table: Table) -> list[str]:
    name = table.name
    key = "id" if name == "tenants" else "tenant_id"
    rule = f"{key} = {CURRENT_TENANT}"
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant_rows ON {name} FOR ALL TO {RUNTIME_ROLE} USING ({rule}) WITH CHECK ({rule})",
        f"GRANT {table.info.get('app_rt', 'SELECT, INSERT, UPDATE, DELETE')} ON {name} TO {RUNTIME_ROLE}",
    ]
    if table.info.get("search"):
        # Full-text search runs in a guarded function owned by this role: @@ is not leakproof, so under the tenant's own policy
        # the index would not be used. The role cannot log in.
        statements += [
            f"CREATE POLICY search_rows ON {name} FOR SELECT TO {SEARCH_ROLE} USING (true)",
            f"GRANT SELECT ON {name} TO {SEARCH_ROLE}",
            *_search_ddl(name),
        ]
    header_grant = table.info.get("app_system")
    if header_grant:
        statements += [
            f"CREATE POLICY system_headers ON {name} FOR ALL TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
            f"GRANT {header_grant} ON {name} TO {SYSTEM_ROLE}",
        ]
    return statements


def _search_ddl(name: str) -> list[str]:
    # The tenant comes from the setting alone, the path is pinned, and only the runtime role may call it. Matches are found first
    # and cut afterwards: with ORDER BY … LIMIT on the table itself the planner would walk the primary key instead of the index.
    signature = f"search_{name}(words text, cap integer)"
    query = (
        f"WITH found AS MATERIALIZED (SELECT id FROM public.{name} WHERE tenant_id = {CURRENT_TENANT}"  # noqa: S608 (our own name)
        " AND search @@ to_tsquery('simple', words)) SELECT id FROM found ORDER BY id DESC LIMIT cap"
    )
    return [
        f"CREATE FUNCTION {signature} RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog, public AS $$ {query} $$",
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {signature} TO {RUNTIME_ROLE}",
        f"GRANT CREATE ON SCHEMA public TO {SEARCH_ROLE}",
        f"ALTER FUNCTION {signature} OWNER TO {SEARCH_ROLE}",
        f"REVOKE CREATE ON SCHEMA public FROM {SEARCH_ROLE}",
    ]


def _system_ddl(table: Table) -> list[str]:
    if "reason" not in table.info:
        raise ValueError(f"{table.name}: a system table must say why it has no tenant (info['reason'])")
    statements = [f"GRANT {table.info['app_system']} ON {table.name} TO {SYSTEM_ROLE}"]
    if "app_rt" in table.info:
        statements.append(f"GRANT {table.info['app_rt']} ON {table.name} TO {RUNTIME_ROLE}")
    if "app_rt_rule" in table.info:
        # A directory the runtime role may see in part: only the rows the rule admits, the system role all. Which commands the
        # runtime role has at all is the grant's business.
        rule = table.info["app_rt_rule"]
        statements += [
            f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant_part ON {table.name} FOR ALL TO {RUNTIME_ROLE} USING ({rule}) WITH CHECK ({rule})",
            f"CREATE POLICY system_all ON {table.name} FOR ALL TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
        ]
    return statements
