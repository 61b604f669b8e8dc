"""Setting up: structlog and the standard library's logging end in the same processors and the same stream."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from storekeep.runtime.logging.redaction import Redactor

# Libraries whose INFO lines repeat addresses, statements or arguments; we log those events ourselves.
_QUIET = ("httpx", "httpcore", "sqlalchemy", "sqlalchemy.engine", "asyncio", "hpack", "urllib3")
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "arq", "arq.worker", "arq.jobs", "alembic")


def configure_logging(
    *, level: str = "INFO", log_format: str = "json", stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Send every log of this process through redaction to `stream` (default stdout). Safe to call again.

    `log_format` is "json" or "console"; `secrets` are values that must never appear. Run uvicorn with `log_config=None`.
    """
    redactor = Redactor(secrets)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # Module-level loggers made before this call must follow it.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(_formatter(redactor, log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate, logger.disabled = True, False
        logger.setLevel(logging.NOTSET)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    # A broken log call would otherwise print its arguments to stderr, unredacted.
    logging.raiseExceptions = False
    _catch_uncaught()


def log_context(**values: Any) -> AbstractContextManager[None]:
    """Within the block every log of this task and its children carries `values` (request_id, tenant_id, job_id)."""
    return structlog.contextvars.bound_contextvars(**values)


def _formatter(redactor: Redactor, log_format: str) -> logging.Formatter:
    def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
        try:
            return _redacted(redactor, event)
        except Exception as error:
            # Rather an empty line than one that was not checked.
            return {"event": "unprintable_log_entry", "level": "error", "error_type": type(error).__name__}

    render: Processor = _render_json if log_format == "json" else _render_console
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars],
        processors=[_add_origin, structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"), redact, render],
    )


def _add_origin(_logger: Any, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog", None)
    event["level"] = record.levelname.lower()
    event["logger"] = record.name
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def _redacted(redactor: Redactor, event: EventDict) -> EventDict:
    error = _exception_of(event.pop("exc_info", None))
    event.pop("stack_info", None)
    head = {key: event.pop(key) for key in ("timestamp", "level", "logger")}
    described: dict[str, Any] = {"event": redactor.text(str(event.pop("event", "")))}
    described |= {redactor.text(str(k), 200): redactor.value(v, str(k)) for k, v in event.items()}
    if error is not None:
        described["exception"] = redactor.exception(error)
    return head | described


def _exception_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _render_json(_logger: Any, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=lambda value: f"<{type(value).__name__}>").decode()


def _render_console(_logger: Any, _method: str, event: EventDict) -> str:
    moment, level = str(event.pop("timestamp", ""))[11:19], str(event.pop("level", "")).upper()
    logger, text = event.pop("logger", ""), event.pop("event", "")
    error = event.pop("exception", None)
    line = f"{moment} {level:<7} {text}" + "".join(f" {key}={value}" for key, value in event.items()) + f" ({logger})"
    while error:
        line += f"\n    {error['type']}: {error['message']}" + "".join(f"\n      {frame}" for frame in error["frames"])
        error = error.get("cause")
    return line


def _catch_uncaught() -> None:
    log = structlog.get_logger("storekeep.uncaught")

    def on_main(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, tb)
            return
        log.critical("uncaught_exception", exc_info=(kind, error, tb))

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            log.critical("uncaught_exception", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook = on_main
    threading.excepthook = on_thread
