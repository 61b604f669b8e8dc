"""Every GraphQL text we send is right by Shopify's own schema, and keeps the limits that a schema does not state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    parse,
    validate,
)
from graphql.execution import get_variable_values

import storekeep.sandbox
from storekeep.integrations.shopify import documents
from storekeep.integrations.shopify.documents import BULK_CUSTOMERS, BULK_ORDERS, BULK_PRODUCTS, Document, bulk_text
from storekeep.integrations.shopify.search import created_between, updated_between

DOCUMENTS = {d.name: d for d in vars(documents).values() if isinstance(d, Document)}
BULK = {"bulk_orders": BULK_ORDERS, "bulk_customers": BULK_CUSTOMERS, "bulk_products": BULK_PRODUCTS}
ID = "gid://shopify/Order/450789469"
VARIABLES: dict[str, Any] = {
    "id": ID,
    "ids": [ID],
    "first": 10,
    "after": None,
    "agreement": None,
    "query": "updated_at:>='2026-07-01T00:00:00Z'",
}
MAX_COST = 1000


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The Admin API 2026-07, as vendored for the stand-in."""
    path = Path(storekeep.sandbox.__file__).parent / "shopify" / "schema" / "admin_2026-07.slim.graphql"
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True, no_location=True)


@pytest.mark.parametrize("name", [*DOCUMENTS, *BULK])
def test_document_is_valid_and_uses_nothing_deprecated(name: str, schema: GraphQLSchema) -> None:
    text = DOCUMENTS[name].text if name in DOCUMENTS else bulk_text(BULK[name], "created_at:>'2026-01-01T00:00:00Z'")
    tree = parse(text)
    assert [error.message for error in validate(schema, tree)] == []
    for parent, node in _fields(schema, tree):
        definition = schema.type_map[parent].fields[node.name.value]  # type: ignore[union-attr]
        assert definition.deprecation_reason is None, f"{parent}.{node.name.value}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_variables_coerce(name: str, schema: GraphQLSchema) -> None:
    tree = parse(DOCUMENTS[name].text)
    operation = next(d for d in tree.definitions if isinstance(d, OperationDefinitionNode))
    declared = {v.variable.name.value for v in operation.variable_definitions or ()}
    assert declared <= VARIABLES.keys()
    given = {k: v for k, v in VARIABLES.items() if k in declared}
    assert not isinstance(get_variable_values(schema, operation.variable_definitions or (), given), list)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_said_of_a_document_is_true(name: str) -> None:
    document = DOCUMENTS[name]
    operations = [d for d in parse(document.text).definitions if isinstance(d, OperationDefinitionNode)]
    assert len(operations) == 1
    operation = operations[0]
    declared = {v.variable.name.value for v in operation.variable_definitions or ()}
    assert document.mutation == (operation.operation.value == "mutation")
    assert (document.page_size > 0) == bool(declared & {"first", "ids"})
    assert document.page_size <= 250
    assert document.cost <= MAX_COST
    if not document.mutation:
        assert document.repeatable


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_list_is_bounded_and_says_whether_it_goes_on(name: str, schema: GraphQLSchema) -> None:
    """Nested connections end silently at `first`: without `pageInfo` nobody would know."""
    tree = parse(DOCUMENTS[name].text)
    small_by_nature = {"bulkOperations", "orderAdjustments", "refundShippingLines", "transactions"}
    for parent, node in _fields(schema, tree):
        kind = get_named_type(schema.type_map[parent].fields[node.name.value].type)  # type: ignore[union-attr]
        if not kind.name.endswith("Connection"):
            continue
        arguments = {a.name.value: a.value for a in node.arguments or ()}
        assert "first" in arguments
        literal = getattr(arguments["first"], "value", None)
        assert literal is None or (isinstance(literal, str) and int(literal) <= 250) or hasattr(arguments["first"], "name")
        selected = {f.name.value for f in node.selection_set.selections if isinstance(f, FieldNode)}  # type: ignore[union-attr]
        assert "pageInfo" in selected or node.name.value in small_by_nature, f"{parent}.{node.name.value}"


def test_cost_stays_below_what_shopify_allows() -> None:
    """By the stand-in's approximation, which counts every money amount and so errs on the dear side."""
    from storekeep.sandbox.shopify.engine import prepare

    for document in DOCUMENTS.values():
        prepared = prepare(document.text)
        if not prepared.plans:
            continue
        variables = VARIABLES | {"first": document.page_size, "ids": [ID] * document.page_size}
        requested = prepared.plans[prepared.sole].requested(variables, prepared.defaults[prepared.sole])
        assert requested <= document.cost <= MAX_COST, document.name


def test_no_file_is_left_over() -> None:
    folder = Path(str(files(documents)))
    names = {path.stem for path in folder.glob("*.graphql")}
    assert names == DOCUMENTS.keys() | BULK.keys()
    imported = set(re.findall(r"^# import (\w+)$", "\n".join(p.read_text() for p in folder.rglob("*.graphql")), re.MULTILINE))
    assert {path.stem for path in (folder / "fragments").glob("*.graphql")} == imported


# --- bulk ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BULK)
def test_bulk_limits_are_kept(name: str, schema: GraphQLSchema) -> None:
    tree = parse(bulk_text(BULK[name]))
    roots = [s for d in tree.definitions if isinstance(d, OperationDefinitionNode) for s in d.selection_set.selections]
    assert len(roots) == 1

    def walk(parent: str, node: FieldNode, depth: int, in_list: bool) -> int:
        field = schema.type_map[parent].fields[node.name.value]  # type: ignore[union-attr]
        kind, found = get_named_type(field.type).name, 0
        names = {s.name.value for s in (node.selection_set.selections if node.selection_set else ()) if isinstance(s, FieldNode)}
        if kind.endswith("Connection"):
            assert not in_list, "a connection inside a plain list is refused"
            assert names == {"edges"}
            depth, found = depth + 1, 1
            assert depth <= 2
            assert not node.arguments or node.arguments[0].name.value == "query"
        elif node.name.value == "node":
            assert {"__typename", "id"} <= names, "lines are told apart by these"
        plain_list = str(field.type).startswith("[") and node.name.value != "edges"
        children = node.selection_set.selections if node.selection_set else ()
        return found + sum(
            walk(kind, child, depth, in_list or plain_list)
            for child in children
            if isinstance(child, FieldNode) and child.name.value != "__typename"
        )

    root = roots[0]
    assert isinstance(root, FieldNode)
    assert root.name.value not in ("node", "nodes")
    assert walk("QueryRoot", root, 0, in_list=False) <= 5


@pytest.mark.parametrize(
    ("bulk", "paged"),
    [("bulk_orders", "orders_delta"), ("bulk_customers", "customers_delta"), ("bulk_products", "products_delta")],
)
def test_bulk_and_paged_reads_select_the_same(bulk: str, paged: str) -> None:
    """So that one reader serves both."""
    drop = {"__typename", "pageInfo", "hasNextPage", "endCursor"}
    assert _paths(parse(bulk_text(BULK[bulk])), drop) == _paths(parse(DOCUMENTS[paged].text), drop)


def test_detail_selects_no_less_than_delta() -> None:
    delta = _paths(parse(DOCUMENTS["orders_delta"].text), set())
    detail = _paths(parse(DOCUMENTS["order_detail"].text), set())
    below = {path.split(".", 1)[1] for path in delta if path.startswith("orders.")} - {"pageInfo", "hasNextPage", "endCursor"}
    missing = {p for p in below if f"order.{p}" not in detail and not p.startswith("pageInfo")}
    assert missing == set()


def test_the_filter_goes_in_as_a_string_whatever_it_holds() -> None:
    text = bulk_text(BULK_ORDERS, "name:'a\"b\\c' é\n")
    root = parse(text).definitions[0].selection_set.selections[0]  # type: ignore[attr-defined]
    assert root.arguments[0].value.value == "name:'a\"b\\c' é\n"
    assert "(query" not in bulk_text(BULK_ORDERS)
    with pytest.raises(ValueError, match="bulk"):
        bulk_text("{ shop { id } }")


def test_windows_are_quoted_whole_seconds_in_utc_and_touch() -> None:
    start = datetime(2026, 7, 1, 2, 0, 0, 900_000, tzinfo=timezone(timedelta(hours=2)))
    end = datetime(2026, 8, 1, tzinfo=UTC)
    assert created_between(start, end) == "created_at:>='2026-07-01T00:00:00Z' AND created_at:<'2026-08-01T00:00:00Z'"
    assert updated_between(end + timedelta(milliseconds=1)) == "updated_at:>='2026-08-01T00:00:00Z'"
    assert created_between(None, end + timedelta(milliseconds=1)) == "created_at:<'2026-08-01T00:00:01Z'"
    assert created_between(None, None) is None


# --- walking documents ---------------------------------------------------------------------------------------------------------


def _fragments(tree: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {d.name.value: d for d in tree.definitions if isinstance(d, FragmentDefinitionNode)}


def _fields(schema: GraphQLSchema, tree: DocumentNode) -> Iterator[tuple[str, FieldNode]]:
    """(parent type, field) of every field selected, fragments followed."""
    fragments = _fragments(tree)

    def walk(parent: str, selection: SelectionSetNode | None) -> Iterator[tuple[str, FieldNode]]:
        for item in selection.selections if selection else ():
            if isinstance(item, FragmentSpreadNode):
                fragment = fragments[item.name.value]
                yield from walk(fragment.type_condition.name.value, fragment.selection_set)
            elif isinstance(item, InlineFragmentNode):
                yield from walk(item.type_condition.name.value if item.type_condition else parent, item.selection_set)
            elif isinstance(item, FieldNode) and item.name.value != "__typename":
                yield parent, item
                kind = get_named_type(schema.type_map[parent].fields[item.name.value].type)  # type: ignore[union-attr]
                yield from walk(kind.name, item.selection_set)

    for definition in tree.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.mutation_type if definition.operation.value == "mutation" else schema.query_type
            assert root is not None
            yield from walk(root.name, definition.selection_set)


def _paths(tree: DocumentNode, drop: set[str]) -> set[str]:
    """Dotted paths of the selected fields, with edges and nodes left out."""
    fragments = _fragments(tree)

    def walk(selection: SelectionSetNode | None, path: str) -> Iterator[str]:
        for item in selection.selections if selection else ():
            if isinstance(item, FragmentSpreadNode):
                yield from walk(fragments[item.name.value].selection_set, path)
            elif isinstance(item, InlineFragmentNode):
                yield from walk(item.selection_set, path)
            elif isinstance(item, FieldNode) and item.name.value not in drop:
                name = item.name.value
                here = path if name in ("edges", "node", "nodes") else f"{path}.{name}".lstrip(".")
                if here != path:
                    yield here
                yield from walk(item.selection_set, here)

    return {
        path
        for definition in tree.definitions
        if isinstance(definition, OperationDefinitionNode)
        for path in walk(definition.selection_set, "")
    }
