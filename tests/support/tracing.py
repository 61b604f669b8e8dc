"""pytest plugin: which tests count for coverage where counting is dear. Those that run the same lines time and again do not.

On Python 3.11 it makes a test two and a half times as long: SQLAlchemy changes greenlets at every statement, and the tracer
follows. So a property's second example, a parametrized test's second case, and what drives the whole product or whole shops
through lines that smaller tests cover one by one, go untraced. What only such a test reaches counts as not covered: the figure
is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.counting import CHEAP

TESTS = Path(__file__).parents[1]
_WHOLE_PRODUCT = tuple(TESTS / folder for folder in ("browser", "contract", "faults", "quarter", "oracle"))
_WHOLE_SHOPS = tuple(
    TESTS / file
    for file in (
        "domains/commerce/browse/test_paging.py",
        "domains/commerce/test_awkward_shops.py",
        "domains/commerce/test_drift.py",
        "domains/commerce/test_schedule.py",
        "domains/insights/test_plans.py",
        "sandbox/test_full_year.py",
        "sandbox/test_persistence.py",
        "sandbox/test_shops.py",
    )
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "untraced: runs the same lines many times; does not count for coverage")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark property tests, all but the first case of a parametrized one, and those of the whole product or whole shops."""
    seen: set[str] = set()
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        name = item.nodeid.partition("[")[0]
        of_many = item.path in _WHOLE_SHOPS or any(folder in item.path.parents for folder in _WHOLE_PRODUCT)
        if is_property or name in seen or of_many:
            item.add_marker("untraced")
        seen.add(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Pause the tracer around a marked test and the fixtures made for it."""
    plugin = item.config.pluginmanager.get_plugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if CHEAP or controller is None or not item.get_closest_marker("untraced"):
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()
