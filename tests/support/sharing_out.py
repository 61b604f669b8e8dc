"""pytest plugin: how a run with several workers shares out the tests: file by file, the longest first.

What is started last should be short, or one worker works alone at the end. Some folders stay together whatever their files: tests
in a browser share one running product, those of figures one copy of a real store, which the oracle's change in the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
# Where the time goes, most of it first; everything else after these, as collected.
_LONGEST = (
    "browser",
    "quarter",
    "oracle",
    "faults",
    "domains/insights/test_properties.py",
    "domains/commerce",
    "contract/test_hostile_input.py",
    "contract",
    "domains",
    "entry/embedded",
    "sandbox",
)
_TOGETHER = {"tests/browser/": "browser", "tests/quarter/": "figures", "tests/oracle/": "figures"}


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix() if TESTS in item.path.parents else ""
    return next((place for place, start in enumerate(_LONGEST) if path.startswith(start)), len(_LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; within a place the order stays."""
    items.sort(key=_place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One file goes to one worker, in the order above; what belongs together counts as one file."""
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::", 1)[0]
            return next((name for folder, name in _TOGETHER.items() if path.startswith(folder)), path)

    config.option.loadscopereorder = False
    return ByFile(config, log)
