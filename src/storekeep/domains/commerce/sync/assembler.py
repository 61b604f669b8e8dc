"""What all three kinds of record have in common on the way to rows: roots, parts that may come anywhere, and refusals.

A bulk file gives a record's own line, and later, anywhere, the lines of its parts; a page gives records whole. Both are fed piece
by piece; what must be remembered of a record to finish it is small, so a window of any size in lines takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from storekeep.domains.commerce.sync.batch import Buffers, Tally
from storekeep.domains.commerce.sync.digest import Digest
from storekeep.domains.commerce.sync.ids import IdBlock
from storekeep.domains.commerce.sync.reading import BadRecord, Node, gid_number, linked_number


class State(Protocol):
    """What is remembered of a record under way."""

    gid: str
    failed: bool
    digest: Digest


S = TypeVar("S", bound=State)


class Assembler(Generic[S]):
    """Makes rows of one kind of record. Feed roots and parts, then `finish`; rows collect in `buffers`.

    Rows begin with the record's Shopify number and an id of their own. A record that cannot be read is counted as failed with all
    its parts, its number kept in `refused` so that no row of it is merged.
    """

    def __init__(self) -> None:
        self._ids = IdBlock()
        self._states: dict[int, S] = {}
        self._early: dict[int, list[Node]] = {}  # parts that came before their record
        self.buffers = Buffers()
        self.tally = Tally()
        self.refused: set[int] = set()

    def wholes(self, nodes: Iterable[Node]) -> None:
        """Records with their parts inside them. Of several of one id the newest counts, of equally new ones the last."""
        newest: dict[object, Node] = {}
        for place, node in enumerate(nodes):
            key = node.get("id") if isinstance(node.get("id"), str) else place
            known = newest.get(key)
            if known is None or str(known.get("updatedAt")) <= str(node.get("updatedAt")):
                newest[key] = node
        for node in newest.values():
            self.whole(node)

    def whole(self, node: Node) -> None:
        """A record with its parts inside it."""
        if not self.root(node):
            return
        number = gid_number(node["id"])
        state = self._states[number]
        try:
            for kind, part in self._parts(node):
                self._part(number, state, kind, part)
        except BadRecord as error:
            self._refuse(number, state, error)

    def root(self, node: Node) -> bool:
        """A record without its parts. False when it was refused, or had been fed before."""
        gid = node.get("id")
        try:
            number = gid_number(gid)
        except BadRecord as error:
            self.tally.read += 1
            self.tally.refuse(error, gid)
            return False
        if number in self._states:
            return False
        self.tally.read += 1
        state = self._states[number] = self._begin(str(gid), node)
        try:
            self._root(number, state, node)
        except BadRecord as error:
            self._refuse(number, state, error)
        for part in self._early.pop(number, ()):
            self.child(part)
        return not state.failed

    def child(self, node: Node) -> None:
        """A part out of a bulk file, which names its record in `__parentId`; parts of refused records are passed over."""
        try:
            parent = linked_number(node.get("__parentId"), "__parentId")
        except BadRecord as error:
            self.tally.refuse(error, node.get("id"))
            return
        state = self._states.get(parent)
        if state is None:
            self._early.setdefault(parent, []).append(node)
        elif not state.failed:
            try:
                self._part(parent, state, node.get("__typename"), node)
            except BadRecord as error:
                self._refuse(parent, state, error)

    def finish(self) -> None:
        """Close every record fed. Parts that belong to no record are refused."""
        for parts in self._early.values():
            self.tally.refuse(BadRecord("__parentId", "is not in the file"), parts[0].get("id"))
        self._early.clear()
        for number, state in self._states.items():
            if not state.failed:
                try:
                    self._close(number, state)
                except BadRecord as error:
                    self._refuse(number, state, error)

    def _keep(self, number: int, state: S, table: str, row: tuple[Any, ...]) -> None:
        """Take a row into the record's digest and into the buffers."""
        state.digest.absorb(table, row)
        self.buffers.add(table, (number, self._ids.take(), *row))

    def _keep_versioned(self, number: int, state: S, table: str, row: tuple[Any, ...]) -> None:
        """The same for the record's own row, whose first value is its version and no part of its content."""
        state.digest.absorb(table, row[1:])
        self.buffers.add(table, (number, self._ids.take(), *row))

    def _refuse(self, number: int, state: S, error: BadRecord) -> None:
        if not state.failed:
            state.failed = True
            self.refused.add(number)
            self.tally.refuse(error, state.gid)

    def _begin(self, gid: str, node: Node) -> S:
        raise NotImplementedError

    def _root(self, number: int, state: S, node: Node) -> None:
        raise NotImplementedError

    def _parts(self, node: Node) -> Iterator[tuple[str, Node]]:
        raise NotImplementedError

    def _part(self, number: int, state: S, kind: object, node: Node) -> None:
        raise NotImplementedError

    def _close(self, number: int, state: S) -> None:
        raise NotImplementedError
