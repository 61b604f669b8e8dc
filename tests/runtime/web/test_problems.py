"""Exceptions as problems: what the real drivers raise, and what must never get out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.exceptions import HTTPException

from storekeep.kit.errors import AppError, Conflict, Kind
from storekeep.runtime.database.engine import asyncpg_address
from storekeep.runtime.web.problems import STATUS, Problem, iso_utc, problem_body, problem_of
from tests.support.servers import Postgres

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def test_every_kind_has_a_status() -> None:
    assert STATUS.keys() == set(Kind)


async def _failing(url: str, statement: str, params: dict[str, object] | None = None, **server_settings: str) -> Problem:
    address, _ = asyncpg_address(url)
    engine = create_async_engine(address, connect_args={"timeout": 2, "server_settings": server_settings})
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement), params or {})
    except Exception as error:
        return problem_of(error)
    finally:
        await engine.dispose()
    raise AssertionError("the statement succeeded")


async def test_a_database_that_is_away() -> None:
    problem = await _failing("postgresql://nobody:secret@127.0.0.1:1/none", "SELECT 1")
    assert (problem.status, problem.code, problem.retryable, problem.critical) == (503, "DATABASE_CONNECTION_FAILED", True, True)


@pytest.mark.parametrize(
    ("statement", "params", "code"),
    [
        ("SELECT CAST(:v AS text)", {"v": "a\x00b"}, "MALFORMED_REQUEST"),
        ("SELECT CAST(:v AS jsonb)", {"v": '"\\u0000"'}, "MALFORMED_REQUEST"),
        ("SELECT CAST(:v AS text)", {"v": "a\ud800b"}, "VALIDATION_FAILED"),
        ("SELECT CAST(:v AS bigint)", {"v": 2**63}, "VALIDATION_FAILED"),
        ("SELECT CAST(1e10 AS integer)", {}, "VALIDATION_FAILED"),
        ("SELECT * FROM missing_table", {}, "INTERNAL_SERVER_ERROR"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", {}, "DATABASE_CONNECTION_FAILED"),
    ],
)
async def test_what_postgresql_really_says(
    postgres_server: Postgres, statement: str, params: dict[str, object], code: str
) -> None:
    assert (await _failing(postgres_server.superuser_dsn, statement, params)).code == code


async def test_a_statement_that_takes_too_long(postgres_server: Postgres) -> None:
    problem = await _failing(postgres_server.superuser_dsn, "SELECT pg_sleep(5)", statement_timeout="20")
    assert (problem.status, problem.code, problem.retryable) == (503, "DATABASE_TIMEOUT", True)


async def test_a_pool_without_a_free_connection(postgres_server: Postgres) -> None:
    address, _ = asyncpg_address(postgres_server.superuser_dsn)
    engine = create_async_engine(address, pool_size=1, max_overflow=0, pool_timeout=0.05)
    async with engine.connect():
        with pytest.raises(Exception) as caught:
            await engine.connect().start()
    await engine.dispose()
    assert problem_of(caught.value).code == "DATABASE_CONNECTION_FAILED"


def test_an_operating_system_error_of_ours_is_not_the_database() -> None:
    assert problem_of(ConnectionRefusedError("somewhere")).code == "INTERNAL_SERVER_ERROR"
    assert problem_of(TimeoutError()).code == "INTERNAL_SERVER_ERROR"
    assert problem_of(FileNotFoundError("/etc/secret")).code == "INTERNAL_SERVER_ERROR"


def test_redis_away_is_retryable() -> None:
    problem = problem_of(RedisConnectionError("secret"))
    assert (problem.status, problem.code, problem.retryable) == (503, "SERVICE_UNAVAILABLE", True)


def test_a_group_of_one_is_its_member() -> None:
    assert problem_of(ExceptionGroup("x", [ExceptionGroup("y", [Conflict()])])).code == "CONFLICT"
    assert problem_of(ExceptionGroup("x", [Conflict(), Conflict()])).code == "INTERNAL_SERVER_ERROR"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 415, 418, 422, 429, 500, 502, 503, 599])
def test_the_frameworks_own_refusals(status: int) -> None:
    problem = problem_of(HTTPException(status, "secret detail", {"Allow": "GET", "X-Internal": "secret"}))
    assert problem.status // 100 == status // 100
    assert "secret" not in repr(problem)


@given(
    code=st.text(max_size=20),
    message=st.text(max_size=50),
    details=st.dictionaries(
        st.text(max_size=5), st.floats() | st.text(max_size=5) | st.binary(max_size=5) | st.dates(), max_size=3
    ),
)
def test_a_problem_can_always_be_told(code: str, message: str, details: dict[str, object]) -> None:
    error = AppError(message or "x", code=code or "X", details=details)
    raw = problem_body(problem_of(error), request_id="r", moment=NOW, support="help")
    body = json.loads(raw)
    assert raw.isascii()
    assert body["error"]["message"] == (message or "x")
    assert body["timestamp"] == "2026-01-31T09:30:00.000Z"


def test_moments_are_utc_with_milliseconds() -> None:
    there = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-5)))
    assert iso_utc(there) == "2026-02-01T04:59:59.999Z"
    assert iso_utc(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000Z"
