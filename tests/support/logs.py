"""pytest plugin: what the product logs in a test is written plainly; for a test that reads its log, as in production."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

from storekeep.runtime.logging import configure_logging


def pytest_configure() -> None:
    """As structlog does it by itself, but for tracebacks: drawn with every local variable, each takes seconds."""
    _write_plainly()


@contextmanager
def logging_to(stream: TextIO, **options: Any) -> Iterator[None]:
    """Log to `stream` as the product does, with `configure_logging`'s options; afterwards as before."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    configure_logging(stream=stream, **options)
    try:
        yield
    finally:
        root.handlers[:], logging.raiseExceptions = handlers, raising
        root.setLevel(level)
        logging.captureWarnings(False)
        _write_plainly()


def _write_plainly() -> None:
    structlog.reset_defaults()
    *others, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, renderer])
