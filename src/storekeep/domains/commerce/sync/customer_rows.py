"""Customers: from Shopify's records to rows. In a bulk file their addresses are lines of their own, anywhere later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from storekeep.domains.commerce.sync.assembler import Assembler
from storekeep.domains.commerce.sync.digest import Digest
from storekeep.domains.commerce.sync.order_head import indexed_email
from storekeep.domains.commerce.sync.reading import (
    Node,
    day,
    gid_number,
    items,
    label,
    label_or_none,
    moment,
    storable_json,
    text_or_none,
    texts,
)

_MAX_ADDRESSES = 250


class _CustomerState:
    """A customer under way."""

    __slots__ = ("addresses", "default", "digest", "failed", "gid")

    def __init__(self, gid: str, default: object) -> None:
        self.gid = gid
        self.default = default
        self.failed = False
        self.digest = Digest()
        self.addresses: list[dict[str, Any]] = []


class CustomerAssembler(Assembler[_CustomerState]):
    """Makes rows of customers; `zone` is the store's, for the days. Addresses are kept with the customer, as one value."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def _begin(self, gid: str, node: Node) -> _CustomerState:
        default = node.get("defaultAddress")
        return _CustomerState(gid, default.get("id") if isinstance(default, dict) else None)

    def _root(self, number: int, state: _CustomerState, node: Node) -> None:
        self._keep_versioned(number, state, "customers", self._row(node))

    def _row(self, node: Node) -> tuple[Any, ...]:
        first, last = label_or_none(node.get("firstName"), "firstName"), label_or_none(node.get("lastName"), "lastName")
        email = _inside(node.get("defaultEmailAddress"), "emailAddress", "defaultEmailAddress")
        created = moment(node.get("createdAt"), "createdAt")
        return (
            moment(node.get("updatedAt"), "updatedAt"),
            email,
            indexed_email(email),
            first,
            last,
            label(" ".join(part for part in (first, last) if part), "name") or None,
            _inside(node.get("defaultPhoneNumber"), "phoneNumber", "defaultPhoneNumber"),
            label_or_none(node.get("state"), "state"),
            text_or_none(node.get("note"), "note"),
            texts(node.get("tags"), "tags"),
            _bool(node.get("verifiedEmail")),
            _bool(node.get("taxExempt")),
            label_or_none(node.get("locale"), "locale"),
            created,
            day(created, self._zone, "createdAt"),
        )

    def _parts(self, node: Node) -> Iterator[tuple[str, Node]]:
        for part in items(node.get("addressesV2"), "addressesV2"):
            yield "MailingAddress", part

    def _part(self, number: int, state: _CustomerState, kind: object, node: Node) -> None:
        if kind != "MailingAddress":
            return
        address_id = node.get("id")
        gid_number(address_id, "addressesV2")
        if len(state.addresses) < _MAX_ADDRESSES and all(known["id"] != address_id for known in state.addresses):
            address = storable_json({key: value for key, value in node.items() if not key.startswith("__")})
            address["isDefault"] = address_id == state.default
            state.addresses.append(address)

    def _close(self, number: int, state: _CustomerState) -> None:
        # The default address first, then by id: the same list whatever the order the parts came in.
        state.addresses.sort(key=lambda address: (not address["isDefault"], str(address["id"])))
        packed = orjson.dumps(state.addresses).decode()
        state.digest.absorb("addresses", (packed,))
        self.buffers.add("customer_sums", (number, state.digest.value(), packed))


def _inside(node: object, key: str, field: str) -> str | None:
    return label_or_none(node.get(key), field) if isinstance(node, dict) else None


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
