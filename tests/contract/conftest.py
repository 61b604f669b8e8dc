"""Fixtures of the contract tests: the world with the stand-in for Shopify in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storekeep.runtime.settings import ShopifySettings
from tests.contract.doors import Door, doors
from tests.domains.connections import sandbox
from tests.domains.connections.sandbox import API_KEY, API_SECRET, SHOPS, ShopifyStandIn
from tests.support.accounts import APP_URL
from tests.support.database import TestDatabase
from tests.support.world import World, a_world


@pytest.fixture(scope="session")
async def shopify(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopifyStandIn]:
    """Shopify."""
    async with sandbox.running(tmp_path_factory.mktemp("shopify")) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def shopify_settings(shopify: ShopifyStandIn) -> ShopifySettings:
    """Settings that lead to the stand-in."""
    return ShopifySettings(api_key=API_KEY, api_secret=API_SECRET, base_url=shopify.base_url, api_secret_previous=None)


@pytest.fixture(scope="session")
async def world(test_database: TestDatabase, redis_url: str, shopify_settings: ShopifySettings) -> AsyncIterator[World]:
    """The two tenants."""
    async with a_world(test_database, redis_url, APP_URL, shopify_settings) as made:
        yield made


@pytest.fixture(scope="session")
def every_door(world: World) -> list[Door]:
    """Every door of the app."""
    return doors(world.house.app)


@pytest.fixture
async def free_shops(world: World) -> AsyncIterator[None]:
    """Takes the stand-in's shops away from whoever connected them, before and after the test."""
    await release_shops(world)
    yield
    await release_shops(world)


async def release_shops(world: World) -> None:
    """Let the stand-in's shops belong to nobody."""
    gone = await world.superuser.fetch("DELETE FROM shop_directory WHERE shop = ANY ($1) RETURNING store_id", list(SHOPS))
    await world.superuser.execute("DELETE FROM connections WHERE id = ANY ($1)", [row["store_id"] for row in gone])
