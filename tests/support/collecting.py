"""pytest plugin: the garbage collector runs seldom. Every full collection walks the product's whole code and model again."""

from __future__ import annotations

import gc

# A sixth of a property test's time at Python's own 700; memory stays below a gigabyte a worker.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50


def pytest_collection_finish() -> None:
    """What is imported by now stays; from here on collect seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
