"""What PostgreSQL and its driver refused, as deliberate errors; their own texts hold values and never leave the process."""

from __future__ import annotations

from types import TracebackType

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storekeep.kit.errors import AppError, Conflict, InvalidInput
from storekeep.runtime.web.refusals import DatabaseAway, DatabaseBusy, DatabaseTimeout, MalformedRequest

log = structlog.get_logger(__name__)

# SQLSTATE, or its class (first two characters): https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES: dict[str, type[AppError]] = {
    "08": DatabaseAway,  # connection exceptions
    "53": DatabaseAway,  # out of connections, memory or disk
    "57P01": DatabaseAway,  # the administrator stops the server
    "57P02": DatabaseAway,  # crash of another backend
    "57P03": DatabaseAway,  # starting up
    "57P05": DatabaseAway,  # idle session timeout
    "25P03": DatabaseTimeout,  # idle in transaction
    "57014": DatabaseTimeout,  # statement timeout
    "40001": DatabaseBusy,  # serialization failure
    "40P01": DatabaseBusy,  # deadlock
    "55P03": DatabaseBusy,  # lock not available
    "22021": MalformedRequest,  # NUL or bytes that are no text
    "22P05": MalformedRequest,  # \u0000 in jsonb
    "22": InvalidInput,  # a value out of its type's range
    "54000": InvalidInput,  # text too long for an index row
    "23505": Conflict,  # unique
    "23503": Conflict,  # foreign key
    "23P01": Conflict,  # exclusion
    "23514": InvalidInput,  # check
}
_DRIVERS = ("asyncpg", "sqlalchemy")


def database_refusal(error: BaseException) -> AppError | None:
    """The deliberate error a database exception stands for; None when it is none, or one that only a bug can cause."""
    if isinstance(error, PoolTimeout):
        return DatabaseAway()
    if isinstance(error, OSError) and _through_driver(error.__traceback__):
        # A refused or timed-out connect reaches us bare, not wrapped by SQLAlchemy.
        return DatabaseAway()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseAway()
    if _named(error, "InvalidCachedStatementError"):
        return DatabaseBusy()  # DDL ran beside us; the stale plan is dropped by now
    state = _sqlstate(error)
    if state is None:
        # asyncpg's InterfaceError has no SQLSTATE; it is what a connection says that died under us.
        return DatabaseAway() if _named(error, "InterfaceError") and "closed" in str(error) else None
    refusal = _STATES.get(state) or _STATES.get(state[:2])
    if refusal is None:
        return None
    if refusal in (InvalidInput, Conflict):
        # The room should have said this better; the log tells which statement it was.
        log.warning("database_refused", sqlstate=state, exc_info=error)
    return refusal()


def _layers(error: BaseException) -> list[BaseException]:
    # SQLAlchemy's exception, the adapter's in its `orig`, and asyncpg's own as the cause of that.
    found = [error]
    original = getattr(error, "orig", None)
    if isinstance(original, BaseException):
        found.append(original)
        error = original
    if error.__cause__ is not None:
        found.append(error.__cause__)
    return found


def _sqlstate(error: BaseException) -> str | None:
    for layer in _layers(error):
        state = getattr(layer, "sqlstate", None)
        if isinstance(state, str) and len(state) == 5:
            return state
    return None


def _named(error: BaseException, name: str) -> bool:
    return any(type(layer).__name__ == name for layer in _layers(error))


def _through_driver(traceback: TracebackType | None) -> bool:
    while traceback is not None:
        if str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0] in _DRIVERS:
            return True
        traceback = traceback.tb_next
    return False
