"""Fixtures of the tests of lists and search: an owner with stores that hold exactly what a test puts into them."""

from __future__ import annotations

import pytest

from tests.domains.insights.conftest import Books
from tests.support.accounts import House


@pytest.fixture
async def books(house: House) -> Books:
    """Books with one store, Europe/London, GBP."""
    made = Books(await house.new_owner())
    await made.open()
    return made
