"""Compiles a bulk query: from the selected fields to a function that makes the lines of one object, straight from resolvers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    value_from_ast_untyped,
)

from storekeep.sandbox.shopify.answer_root import type_name
from storekeep.sandbox.shopify.engine import prepare, resolver_of, schema, table_of
from storekeep.sandbox.shopify.fields import SPELLING, Args, Context, Field, Resolver, expression_of
from storekeep.sandbox.shopify.scopes import required

MAX_CONNECTIONS = 5
MAX_DEPTH = 2
Shape = Callable[[Context, Any], Any]


class BadBulkQuery(Exception):
    """The query breaks a rule of bulk operations; the message is fit for a user error."""


@dataclass(slots=True)
class Nodes:
    """One connection of the query: how its objects look, and the connections inside them."""

    kind: str
    shape: Shape
    children: list[tuple[Resolver, Args, Nodes]]


@dataclass(slots=True)
class BulkPlan:
    """A compiled bulk query: root list name, its arguments, its objects, and the scopes it needs (any one of each set)."""

    root: str
    args: Args
    nodes: Nodes
    scopes: list[frozenset[str]]

    def lines(self, ctx: Context, item: Any) -> tuple[bytes, list[bytes]]:
        """The line of one root object and the lines of all below it; each is JSON and ends in a line feed."""
        below: list[bytes] = []
        shaped = self.nodes.shape(ctx, item)
        for items, args, inner in self.nodes.children:
            _below(ctx, inner, items(ctx, item, args), shaped["id"], below)
        return orjson.dumps(shaped, option=_NEWLINE), below


_NEWLINE = orjson.OPT_APPEND_NEWLINE


def _below(ctx: Context, nodes: Nodes, items: Any, parent: str, out: list[bytes]) -> None:
    shape, dumps = nodes.shape, orjson.dumps
    for item in items:
        line = shape(ctx, item)
        line["__parentId"] = parent
        out.append(dumps(line, option=_NEWLINE))
        for get, args, inner in nodes.children:
            _below(ctx, inner, get(ctx, item, args), line["id"], out)


class _Compiler:
    def __init__(self, document: Any, variables: dict[str, Any]) -> None:
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.variables = variables
        self.connections = 0
        self.scopes: list[frozenset[str]] = []

    def root(self, operation: OperationDefinitionNode) -> BulkPlan:
        fields = list(self.flat(schema().query_type, operation.selection_set))
        if len(fields) != 1:
            raise BadBulkQuery("Bulk queries must contain exactly one top-level field.")
        _, node = fields[0]
        name = node.name.value
        if name in ("node", "nodes"):
            raise BadBulkQuery("Bulk queries cannot use the top-level `node` or `nodes` fields.")
        query = schema().query_type
        assert query is not None
        kind = get_named_type(query.fields[name].type)
        if not kind.name.endswith("Connection"):
            raise BadBulkQuery("Bulk queries must contain at least one connection.")
        entry = table_of("QueryRoot")[name]
        if not isinstance(entry, Field) or entry.items is None:
            raise BadBulkQuery(f"{name} is not available for bulk operations in the stand-in.")
        self.need("QueryRoot", name, kind.name)
        nodes = self.connection(kind, node, 1)
        return BulkPlan(name, self.args(node, {"query", "sortKey", "reverse"}), nodes, self.scopes)

    def need(self, parent: str, name: str, returned: str) -> None:
        scopes = required(parent, name, returned)
        if scopes and scopes not in self.scopes:
            self.scopes.append(scopes)

    def args(self, node: FieldNode, keep: set[str] | None = None) -> Args:
        return {
            a.name.value: value_from_ast_untyped(a.value, self.variables)
            for a in node.arguments or ()
            if keep is None or a.name.value in keep
        }

    def flat(self, parent: Any, selection: SelectionSetNode | None) -> Iterator[tuple[Any, FieldNode]]:
        """The fields of a selection with the type each is selected on, fragments opened."""
        for item in selection.selections if selection else ():
            if isinstance(item, FieldNode):
                yield parent, item
            elif isinstance(item, InlineFragmentNode):
                target = schema().type_map[item.type_condition.name.value] if item.type_condition else parent
                yield from self.flat(target, item.selection_set)
            elif isinstance(item, FragmentSpreadNode):
                fragment = self.fragments[item.name.value]
                yield from self.flat(schema().type_map[fragment.type_condition.name.value], fragment.selection_set)

    def connection(self, kind: Any, node: FieldNode, depth: int) -> Nodes:
        self.connections += 1
        if self.connections > MAX_CONNECTIONS:
            raise BadBulkQuery(f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections.")
        if depth > MAX_DEPTH:
            raise BadBulkQuery(f"Bulk queries cannot contain connections with a nesting depth greater than {MAX_DEPTH}.")
        selected = {f.name.value: f for _, f in self.flat(kind, node.selection_set)}
        edges = selected.get("edges")
        inner = {f.name.value: f for _, f in self.flat(kind, edges.selection_set)} if edges else {}
        if "node" not in inner:
            raise BadBulkQuery("Connections in bulk queries must select `edges { node { … } }`.")
        edge = get_named_type(kind.fields["edges"].type)
        target = get_named_type(edge.fields["node"].type)
        return self.nodes(target, inner["node"].selection_set, depth)

    def nodes(self, kind: Any, selection: SelectionSetNode | None, depth: int) -> Nodes:
        children: list[tuple[Resolver, Args, Nodes]] = []
        plain: list[tuple[Any, FieldNode]] = []
        has_id = False
        for parent, node in self.flat(kind, selection):
            returned = None if node.name.value == "__typename" else get_named_type(parent.fields[node.name.value].type)
            has_id = has_id or (node.name.value == "id" and node.alias is None)
            if returned is None or not returned.name.endswith("Connection"):
                plain.append((parent, node))
                continue
            entry = table_of(parent.name)[node.name.value]
            if not isinstance(entry, Field) or entry.items is None:
                raise BadBulkQuery(f"{parent.name}.{node.name.value} is not available for bulk operations in the stand-in.")
            self.need(parent.name, node.name.value, returned.name)
            children.append((entry.items, self.args(node), self.connection(returned, node, depth + 1)))
        if children and not has_id:
            raise BadBulkQuery("Nodes that contain a nested connection must select `id`.")
        return Nodes(kind.name, self.shape(kind, plain), children)

    def shape(self, kind: Any, selected: list[tuple[Any, FieldNode]]) -> Shape:
        if is_abstract_type(kind):
            shapes = {t.name: self.shape_of(t, selected) for t in schema().get_possible_types(kind) if table_of(t.name)}
            return lambda ctx, item: shapes[type_name(item)](ctx, item)
        return self.shape_of(kind, selected)

    def shape_of(self, kind: GraphQLObjectType, selected: list[tuple[Any, FieldNode]]) -> Shape:
        """One function that makes the whole dict, written out as Python: calls through nested closures take twice as long."""
        made = _Source()
        text = self.literal(kind, selected, "item", made)
        scope: dict[str, Any] = {**SPELLING, **made.names}
        # Only names counted up here, resolvers' own spellings and quoted keys of a validated document get into the text.
        exec(f"def shape(ctx, item):\n    return {text}", scope)  # noqa: S102
        return cast(Shape, scope["shape"])

    def literal(self, kind: GraphQLObjectType, selected: list[tuple[Any, FieldNode]], item: str, made: _Source) -> str:
        parts = []
        for parent, node in selected:
            if parent.name != kind.name and not is_abstract_type(parent):
                continue  # a fragment on another type
            key = (node.alias or node.name).value
            is_name = node.name.value == "__typename"
            value = repr(kind.name) if is_name else self.value(kind, node, item, made)
            parts.append(f"{key!r}: {value}")
        return "{" + ", ".join(parts) + "}"

    def value(self, kind: GraphQLObjectType, node: FieldNode, item: str, made: _Source) -> str:
        name = node.name.value
        definition = kind.fields[name]
        target = get_named_type(definition.type)
        if target.name.endswith("Connection"):
            raise BadBulkQuery("Connections inside list fields are not supported in bulk queries.")
        self.need(kind.name, name, target.name)
        resolve = resolver_of(table_of(kind.name)[name])
        call = expression_of(resolve, item) or f"{made.name(resolve)}(ctx, {item}, {made.name(self.args(node))})"
        if is_leaf_type(target):
            return f"{made.name(_text)}({call})" if target.name == "UnsignedInt64" else call
        selected = list(self.flat(target, node.selection_set))
        inner = made.variable()
        if is_abstract_type(target):
            shaped = f"{made.name(self.shape(target, selected))}(ctx, {inner})"
        else:
            shaped = self.literal(cast(GraphQLObjectType, target), selected, inner, made)
        if is_list_type(get_nullable_type(definition.type)):
            return f"[{shaped} for {inner} in {call}]"
        return f"(None if ({inner} := {call}) is None else {shaped})"


class _Source:
    """Names for the values that generated text refers to."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._variables = itertools.count()

    def name(self, value: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def variable(self) -> str:
        return f"v{next(self._variables)}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def compile_query(text: str) -> BulkPlan:
    """The plan of a bulk query. Raises BadBulkQuery with the reason when it is not a valid one."""
    prepared = prepare(text)
    if prepared.errors or prepared.document is None:
        raise BadBulkQuery(prepared.errors[0].message)
    operations = [d for d in prepared.document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation.value != "query":
        raise BadBulkQuery("Bulk queries must contain exactly one query operation.")
    return _Compiler(prepared.document, {}).root(operations[0])
