"""Executes GraphQL documents against the real Admin schema, answering from the resolver tables and nothing else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLDirective,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    execute_sync,
    get_directive_values,
    get_named_type,
    is_object_type,
    parse,
    validate,
    value_from_ast_untyped,
    visit,
)
from graphql.execution import ExecutionResult

from storekeep.sandbox.shopify.answer_root import TABLES, type_name
from storekeep.sandbox.shopify.cost import Plan, plan
from storekeep.sandbox.shopify.fields import CONNECTION, EDGE, IDEMPOTENCY_KEY, Context, Field, Resolver, Table
from storekeep.sandbox.shopify.paging import not_available
from storekeep.sandbox.shopify.schema_text import SCHEMA
from storekeep.sandbox.shopify.scopes import access_denied, required

_CACHED_DOCUMENTS = 512
_building = threading.RLock()


def schema() -> GraphQLSchema:
    """The Admin schema with the resolvers attached. About a second to build; built once a process."""
    with _building:
        return _schema()


@lru_cache(maxsize=1)
def _schema() -> GraphQLSchema:
    built = build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True, no_location=True)
    for name, kind in built.type_map.items():
        if isinstance(kind, GraphQLScalarType) and name == "UnsignedInt64":
            kind.coerce_output_value = kind.serialize = str  # type: ignore[method-assign, assignment]
        if isinstance(kind, GraphQLObjectType):
            _attach(kind, table_of(name))
    return built


def table_of(name: str) -> Table:
    """The resolvers of a type; empty for one that the stand-in does not have."""
    if name in TABLES:
        return TABLES[name]
    if name.endswith("Connection"):
        return CONNECTION
    return EDGE if name.endswith("Edge") else {}


def resolver_of(entry: Resolver | Field) -> Resolver:
    """The function that answers a table entry."""
    return entry.resolve if isinstance(entry, Field) else entry


def _attach(kind: GraphQLObjectType, table: Table) -> None:
    generic = table is CONNECTION or table is EDGE
    for name, entry in table.items():
        if name not in kind.fields:
            if generic:
                continue
            raise LookupError(f"{kind.name}.{name} is not in the schema")
        definition = kind.fields[name]
        needed = required(kind.name, name, get_named_type(definition.type).name)
        definition.resolve = _bind(resolver_of(entry), name, needed, keyed=kind.name == "Mutation")


def _bind(resolve: Resolver, name: str, needed: frozenset[str], keyed: bool) -> Callable[..., Any]:
    if not needed and not keyed:
        return lambda parent, info, **args: resolve(info.context, parent, args)

    def guarded(parent: Any, info: Any, **args: Any) -> Any:
        if needed and needed.isdisjoint(info.context.scopes):
            raise access_denied(name, needed)
        if keyed:
            args[IDEMPOTENCY_KEY] = _idempotency_key(info)
        return resolve(info.context, parent, args)

    return guarded


def _idempotency_key(info: GraphQLResolveInfo[Any]) -> str | None:
    """The key of the field's @idempotent directive, or None."""
    values = get_directive_values(_schema_directive(), info.field_nodes[0], info.variable_values)
    return values["key"] if values else None


def _schema_directive() -> GraphQLDirective:
    directive = schema().get_directive("idempotent")
    assert directive is not None
    return directive


def _missing(parent: Any, info: Any, **args: Any) -> Any:
    raise not_available(f"{info.parent_type.name}.{info.field_name}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A parsed, validated document: its errors, or what is needed to cost and run each of its operations."""

    document: DocumentNode | None
    errors: list[GraphQLError]
    plans: dict[str | None, Plan]
    defaults: dict[str | None, dict[str, Any]]
    sole: str | None  # the operation that runs when none is named

    def operation(self, name: str | None) -> str | None:
        """The key of the operation to run."""
        return name if name in self.plans else self.sole


class _Availability(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.errors: list[GraphQLError] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, name = self.types.get_parent_type(), node.name.value
        if not is_object_type(parent) or name.startswith("__") or parent.name.startswith("__"):
            return
        table = table_of(parent.name)
        if name not in table or (table is CONNECTION and not _has_rows(parent)):
            error = not_available(f"{parent.name}.{name}")
            error.nodes = [node]
            self.errors.append(error)


def _has_rows(kind: GraphQLObjectType) -> bool:
    return kind.name in TABLES or ("edges" in kind.fields and bool(table_of(get_named_type(_node_type(kind)).name)))


def _node_type(kind: GraphQLObjectType) -> Any:
    edge = cast(GraphQLObjectType, get_named_type(kind.fields["edges"].type))
    node = get_named_type(edge.fields["node"].type)
    if not is_object_type(node):  # an interface: present when one of its types is
        possible = schema().get_possible_types(node)
        return next((t for t in possible if t.name in TABLES), node)
    return node


_documents: OrderedDict[str, Prepared] = OrderedDict()


def prepare(text: str) -> Prepared:
    """Parses and validates a document, and looks whether the stand-in has all it selects. Kept by text."""
    found = _documents.get(text)
    if found is None:
        found = _documents[text] = _prepare(text)
        if len(_documents) > _CACHED_DOCUMENTS:
            _documents.popitem(last=False)
    else:
        _documents.move_to_end(text)
    return found


def _prepare(text: str) -> Prepared:
    built = schema()
    try:
        document = parse(text)
    except GraphQLError as error:
        error.extensions = {"code": "PARSE_ERROR"}
        return Prepared(None, [error], {}, {}, None)
    errors = validate(built, document)
    for found in errors:
        found.extensions = {"code": "undefinedField" if found.message.startswith("Cannot query field") else "invalid"}
    if not errors:
        types = TypeInfo(built)
        check = _Availability(types)
        visit(document, TypeInfoVisitor(types, check))
        errors = check.errors
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    names = [o.name.value if o.name else None for o in operations]
    if errors:
        return Prepared(None, errors, {}, {}, names[0] if names else None)
    return Prepared(
        document,
        [],
        {n: plan(built, document, o) for n, o in zip(names, operations, strict=True)},
        {n: _defaults(o) for n, o in zip(names, operations, strict=True)},
        names[0],
    )


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        v.variable.name.value: value_from_ast_untyped(v.default_value)
        for v in operation.variable_definitions or ()
        if v.default_value is not None
    }


def run(context: Context, prepared: Prepared, variables: dict[str, Any], operation: str | None) -> ExecutionResult:
    """Executes a prepared document without errors. Errors of single fields are in the result, beside partial data."""
    assert prepared.document is not None
    return execute_sync(
        schema(),
        prepared.document,
        context_value=context,
        variable_values=variables,
        operation_name=operation,
        field_resolver=_missing,
        type_resolver=lambda value, info, kind: type_name(value),
    )
