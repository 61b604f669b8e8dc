"""Fixtures of the fault tests: servers, a stand-in Shopify and a nursery, shared by all of them."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator

import pytest

from tests.faults.scenes import Stage
from tests.faults.workers import a_nursery
from tests.sandbox import driver
from tests.support.servers import Postgres


@pytest.fixture(scope="module")
def fault_seed() -> int:
    """The seed of this run; FAULT_SEED repeats one."""
    return int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture(scope="module")
async def stage(
    postgres_server: Postgres, redis_url: str, tmp_path_factory: pytest.TempPathFactory, fault_seed: int
) -> AsyncIterator[Stage]:
    """A stage with its base built."""
    folder = tmp_path_factory.mktemp("faults")
    with driver.running(driver.config(folder / "shopify")) as shopify:
        async with a_nursery() as nursery:
            stage = Stage(postgres_server, redis_url, shopify, nursery, folder, fault_seed)
            await stage.build()
            yield stage
            names = [f"{stage.prefix}_{name}" for name in ("play", "base", *stage.scenes)]
            for name in names:
                await stage.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
