"""What is read of a window is shown before the window is stored, and never counted beside it."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from storekeep.domains.commerce.models import SyncResource
from storekeep.domains.commerce.sync.read_so_far import ReadSoFar, read_so_far
from storekeep.domains.commerce.sync.schemas import SyncResourceRead
from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.sandbox.config import AWKWARD_KWD
from tests.support.shopify_world import Desk

TENANT, RUN = uuid7(), uuid7()


def a_row(read: int, *, status: str = "RUNNING", expected: int | None = 100) -> SyncResource:
    return SyncResource(id=uuid7(), run_id=RUN, resource="orders", status=status, read=read, expected=expected)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        pytest.param(a_row(40), 30, id="beside what is stored"),
        pytest.param(a_row(70), 0, id="not again once it is stored"),
        pytest.param(a_row(40, status="SUCCEEDED"), 0, id="not when it is over"),
        pytest.param(a_row(40, expected=50), 10, id="never more than there is"),
        pytest.param(a_row(40, expected=None), 30, id="however much there is"),
    ],
)
async def test_it_is_shown_beside_what_is_stored(desk: Desk, row: SyncResource, shown: int) -> None:
    redis = desk.services.get(Redis)
    await ReadSoFar(redis, TENANT, RUN, "orders").tell(40, 30)
    assert (await read_so_far(redis, TENANT, [row])).get(row.id, 0) == shown
    assert await read_so_far(redis, uuid7(), [row]) == {}


async def test_an_import_tells_it_while_the_file_streams(desk: Desk, scope: Scope) -> None:
    store_id = await desk.connect(scope, AWKWARD_KWD)
    await desk.work(scope)
    facts = await desk.run_of(scope, store_id)
    redis = desk.services.get(Redis)
    told = await redis.get(f"sync:{{{scope.tenant_id}}}:{facts.run.id}:orders:read")
    stored, read = (int(part) for part in told.split())
    orders = facts.resources[1]
    assert (stored, 0 < read <= orders.read) == (0, True)
    so_far = await read_so_far(redis, scope.tenant_id, facts.resources)
    assert SyncResourceRead.of(orders, so_far.get(orders.id, 0)).read == orders.expected
