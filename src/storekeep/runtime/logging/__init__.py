"""Logs: one line an event, the same shape from our code and from libraries, with nothing in it that must stay secret."""

from storekeep.runtime.logging.patterns import REDACTED
from storekeep.runtime.logging.redaction import Redactor
from storekeep.runtime.logging.setup import configure_logging, log_context

__all__ = ["REDACTED", "Redactor", "configure_logging", "log_context"]
