"""One sandbox for the read-only tests of this folder, and one a test for those that change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.driver import EVERYTHING, Driver, config, running


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A sandbox that tests only read from (they may install apps and set faults that they clear)."""
    with running(config(tmp_path_factory.mktemp("sandbox"))) as driver:
        yield driver


@pytest.fixture(scope="session")
def quarter(sandbox: Driver) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The whole online-retail shop by one bulk operation: the operation and its parsed lines."""
    operation = sandbox.bulk(EVERYTHING)
    return operation, sandbox.lines(operation)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A second sandbox, for the tests that change things."""
    with running(config(tmp_path_factory.mktemp("workshop"))) as driver:
        yield driver


@pytest.fixture
def fresh(workshop: Driver) -> Driver:
    """A sandbox on its first day, to be changed at will."""
    workshop.control("POST", "reset", {})
    return workshop


@pytest.fixture
def faulty(sandbox: Driver) -> Iterator[Driver]:
    """The shared sandbox, its faults cleared afterwards."""
    yield sandbox
    sandbox.control("DELETE", "faults")
