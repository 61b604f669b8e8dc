"""Fixtures of the tests of commerce."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from tests.support.stores import Shop, open_shop


@pytest.fixture
async def shop(db: Database, scope: Scope) -> Shop:
    """A store of a fresh tenant, Europe/London, GBP."""
    return await open_shop(db, scope)


@pytest.fixture
def new_shop(db: Database, new_tenant: Callable[[], Awaitable[Scope]]) -> Callable[..., Awaitable[Shop]]:
    """Opens a store of a fresh tenant of its own."""

    async def make(**facts: str) -> Shop:
        return await open_shop(db, await new_tenant(), **facts)

    return make
