"""Paging: root lists page by page, and the rest of lists inside an object, with pages that shrink when Shopify cannot give them.

Nested lists end silently at their `first`; whoever stores an object first completes them with `complete`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from storekeep.integrations.shopify.admission import Priority
from storekeep.integrations.shopify.client import ShopifyClient
from storekeep.integrations.shopify.documents import Document
from storekeep.integrations.shopify.errors import (
    GraphQLFault,
    OutcomeUnknown,
    ShopifyBadResponse,
    ShopifyObjectGone,
    ShopifyQueryTooCostly,
    ShopifyUnavailable,
)
from storekeep.integrations.shopify.replies import Result
from storekeep.runtime.retry import DEFAULT_BACKOFF, Backoff

# While a page can still be made smaller, trying the same size many times is wasted.
_BRIEF = Backoff(retries=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a root list. `end_cursor` continues this very query and is not to be stored for long."""

    nodes: list[dict[str, Any]]
    end_cursor: str | None
    has_next: bool
    faults: tuple[GraphQLFault, ...] = ()


class _Size:
    """How many rows to ask for: what the document wants, what Shopify was found to allow, and less while it is in trouble."""

    def __init__(self, client: ShopifyClient, document: Document) -> None:
        self._lessons = client.lessons
        self._name = document.name
        cap = self._lessons.page_caps.get(document.name, document.page_size)
        # After trouble we start small and dare twice as much each time.
        self.now = max(1, min(cap, self._lessons.page_sizes.pop(document.name, cap) * 2))

    def halve(self, *, for_good: bool) -> bool:
        """Ask for half from now on; False when one row is already the size."""
        if self.now <= 1:
            return False
        self.now //= 2
        (self._lessons.page_caps if for_good else self._lessons.page_sizes)[self._name] = self.now
        return True

    @property
    def backoff(self) -> Backoff:
        return DEFAULT_BACKOFF if self.now <= 1 else _BRIEF


async def pages(
    client: ShopifyClient,
    document: Document,
    root: str,
    *,
    search: str | None = None,
    after: str | None = None,
    priority: Priority = "background",
    allow_partial: bool = False,
) -> AsyncIterator[Page]:
    """Every page of the root list `root` ("orders") that `search` finds, in the document's order.

    Pages are halved when the query is too costly, or when Shopify fails on them twice. Raises as `ShopifyClient.execute`.
    """
    size, cursor = _Size(client, document), after
    while True:
        variables = {"first": size.now, "after": cursor, "query": search}
        result = await _sized(client, document, variables, size, priority, allow_partial)
        if result is None:
            continue
        connection = result.data.get(root) or {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        info = connection["pageInfo"]
        cursor = info["endCursor"]
        yield Page([n for n in connection["nodes"] if n], cursor, bool(info["hasNextPage"]), result.faults)
        if not info["hasNextPage"]:
            return


async def batches_by_id(
    client: ShopifyClient,
    document: Document,
    ids: Sequence[str],
    *,
    priority: Priority = "background",
) -> AsyncIterator[list[dict[str, Any]]]:
    """The objects with these global ids, in batches of the document's page size, in order; missing ones are left out."""
    size, place = _Size(client, document), 0
    while place < len(ids):
        batch = list(ids[place : place + size.now])
        result = await _sized(client, document, {"ids": batch}, size, priority, allow_partial=False)
        if result is None:
            continue
        place += len(batch)
        yield [node for node in result.data["nodes"] if node]


async def complete(
    client: ShopifyClient,
    document: Document,
    node: dict[str, Any],
    connection: str,
    *,
    priority: Priority = "background",
) -> list[dict[str, Any]]:
    """All nodes of `node[connection]`: those it has, and the rest read with `document` (one that answers under `owner`).

    Raises ShopifyObjectGone when the object was deleted meanwhile, else as `ShopifyClient.execute`.
    """
    found = list(node[connection]["nodes"])
    info = node[connection]["pageInfo"]
    size = _Size(client, document)
    while info["hasNextPage"]:
        variables = {"id": node["id"], "first": size.now, "after": info["endCursor"]}
        result = await _sized(client, document, variables, size, priority, allow_partial=False)
        if result is None:
            continue
        owner = result.data.get("owner")
        if owner is None:
            raise ShopifyObjectGone(details={"shop": client.shop, "operation": document.name})
        found += owner[connection]["nodes"]
        info = owner[connection]["pageInfo"]
    return found


async def _sized(
    client: ShopifyClient, document: Document, variables: dict[str, Any], size: _Size, priority: Priority, allow_partial: bool
) -> Result | None:
    """The answer, or None when the page was made smaller and is to be asked for again."""
    try:
        return await client.execute(
            document,
            variables,
            priority=priority,
            backoff=size.backoff if priority == "background" else None,
            allow_partial=allow_partial,
        )
    except ShopifyQueryTooCostly:
        if not size.halve(for_good=True):
            raise
    except (ShopifyUnavailable, ShopifyBadResponse) as error:
        if isinstance(error, OutcomeUnknown) or not size.halve(for_good=False):
            raise
    log.info("shopify_page_halved", tenant_id=str(client.tenant_id), shop=client.shop, operation=document.name, size=size.now)
    return None
