"""pytest plugin: what of a test counts for coverage: its beginning. What runs long runs the same lines time and again.

Tracing makes a test two and a half times as long: SQLAlchemy changes greenlets at every statement, and the tracer follows. So a
test, with the fixtures made for it, is traced for a moment; a property, a parametrized test's second case, and what drives the
whole product through lines that smaller tests cover one by one, not at all. What only those reach counts as not covered: the
figure is a lower bound.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

TESTS = Path(__file__).parents[1]
TRACED_S = 0.15
_WHOLE_PRODUCT = tuple(TESTS / folder for folder in ("browser", "contract", "faults", "quarter", "oracle"))


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; one tracer a worker is enough."""
    config.addinivalue_line("markers", "untraced: runs the same lines many times; does not count for coverage")
    # A worker is a child process, so coverage began in it by itself, and would trace whenever pytest-cov's own, later, pauses.
    while hasattr(config, "workerinput") and (begun := Coverage.current()) is not None:
        begun.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark property tests, all but the first case of a parametrized one, and those of the whole product."""
    seen: set[str] = set()
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        name = item.nodeid.partition("[")[0]
        if is_property or name in seen or any(folder in item.path.parents for folder in _WHOLE_PRODUCT):
            item.add_marker("untraced")
        seen.add(name)


class _Tracer:
    """The run's tracer, paused and resumed."""

    def __init__(self, controller: Any) -> None:
        self._controller = controller
        self._paused = False

    def pause(self, *_: Any) -> None:
        """Trace nothing; twice is harmless."""
        if not self._paused:
            self._paused = True
            self._controller.pause()

    def resume(self) -> None:
        """Trace again."""
        if self._paused:
            self._paused = False
            self._controller.resume()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Pause the tracer around a marked test, or a moment after any other began."""
    controller = getattr(item.config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
    if controller is None:
        return (yield)
    tracer = _Tracer(controller)
    if item.get_closest_marker("untraced"):
        tracer.pause()
    else:
        signal.signal(signal.SIGALRM, tracer.pause)
        signal.setitimer(signal.ITIMER_REAL, TRACED_S)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        tracer.resume()
