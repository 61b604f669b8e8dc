"""The sample room served over HTTP, plain and https-addressed, and in process."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from storekeep.runtime.web.config import WebConfig
from tests.entry.api import sample
from tests.support.logs import logging_to

ORIGIN = "http://127.0.0.1:8000"
SAME = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def logs() -> Iterator[io.StringIO]:
    """What a test logged, as the product would write it. For each test anew: others of this worker configure logging too."""
    stream = io.StringIO()
    with logging_to(stream):
        yield stream


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> WebConfig:
    folder: Path = tmp_path_factory.mktemp("spa") / "dist"
    return WebConfig(
        app_url=ORIGIN,
        version="1.2.3",
        environment="embedded",
        allowed_origins=frozenset({"https://desk.example.com"}),
        support_contact="help@storekeep.test",
        api_limit_per_minute=5,
        spa_dir=sample.spa_folder(folder),
    )


@pytest.fixture(scope="session")
def app(config: WebConfig, redis_url: str) -> FastAPI:
    return sample.make_app(config, redis_url)


@pytest.fixture(scope="session")
def address(app: FastAPI, config: WebConfig) -> Iterator[str]:
    """The sample app behind the product's own server."""
    with sample.serving(app, config) as url:
        yield url


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the served app; it sends what a browser's own page would."""
    async with httpx.AsyncClient(base_url=address, headers=SAME, verify=False) as client:
        yield client


@pytest.fixture(scope="session")
def secure_app(config: WebConfig, redis_url: str) -> FastAPI:
    """The same app on an https address."""
    secure = WebConfig(app_url="https://desk.storekeep.test", support_contact="help@storekeep.test", spa_dir=config.spa_dir)
    return sample.make_app(secure, redis_url)


@pytest.fixture
async def https(secure_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the https app, in process."""
    transport = httpx.ASGITransport(secure_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://desk.storekeep.test", headers=SAME, verify=False
    ) as client:
        yield client
