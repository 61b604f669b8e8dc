"""Logs: one shape from every source, and no secret in any of them."""

from __future__ import annotations

import base64
import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy.exc import IntegrityError

from storekeep.kit.errors import AppError
from storekeep.kit.ids import uuid7
from storekeep.runtime.crypto import new_token
from storekeep.runtime.logging import REDACTED, Redactor, log_context
from tests.support.logs import logging_to

ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
log = structlog.get_logger("test")


class Sink:
    """The log's stream, and its lines read back."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def clear(self) -> None:
        self.stream.seek(0)
        self.stream.truncate()


@pytest.fixture
def sink() -> Iterator[Sink]:
    captured = Sink()
    with logging_to(captured.stream, level="DEBUG", secrets=["the-session-pepper-of-this-process"]):
        yield captured


shopify_tokens = st.builds(
    "{}_{}".format, st.sampled_from(["shpat", "shprt", "shpss", "shpca", "shpua"]), st.text(ALNUM, min_size=24, max_size=64)
)
keys = st.one_of(
    st.binary(min_size=32, max_size=32).map(lambda b: base64.b64encode(b).decode()),
    st.binary(min_size=16, max_size=40).map(bytes.hex),
)
jwts = st.builds(
    lambda a, b, c: f"eyJ{a}.eyJ{b}.{c}",
    st.text(ALNUM, min_size=10, max_size=30),
    st.text(ALNUM, min_size=10, max_size=60),
    st.text(ALNUM + "-_", min_size=10, max_size=43),
)
# What a person would choose; told apart from the log's own words by never being one of them.
# Hypothesis also draws words of the sources; one that stands in this file is what entries are made of, not a secret in them.
OWN_WORDS = Path(__file__).read_text()
passwords = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=8, max_size=40
).filter(lambda p: not p.isspace() and p.strip() == p and len(set(p)) > 3 and p not in OWN_WORDS)


def ways_of_logging(secret: str, *, shaped: bool) -> list[Callable[[], object]]:
    """Every way code or a library may put a value into the log. `shaped`: it can be known by its looks alone."""
    labelled: list[Callable[[], object]] = [
        lambda: log.info("saved", password=secret, encryption_key=secret),
        lambda: log.info("saved", store={"access_token": secret, "deep": [{"client_secret": [secret]}]}),
        lambda: log.warning("settings", encryption_key=SecretStr(secret), body=secret.encode()),
        lambda: log.info("answer " + json.dumps({"access_token": secret, "ok": True})),
        lambda: log.info(f"login failed: { ({'password': secret})!r}"),
        lambda: logging.getLogger("lib").info("connect with %r", {"api_key": secret}),
        lambda: raising(ValueError(f"bad settings { ({'password': secret})!r}")),
        lambda: raising(
            IntegrityError("UPDATE users SET hash = $1", [secret], Exception(f"Key (password_hash)=({secret}) already exists."))
        ),
        lambda: raising_validation(secret),
        lambda: raising_with_local(secret),
    ]
    if not shaped:
        return labelled
    return [
        *labelled,
        lambda: log.info(f"token is {secret}."),
        lambda: log.info(secret),
        lambda: log.info("x", note=f"got '{secret}', retrying"),
        lambda: log.info("x", a={secret: 1}),
        lambda: log.info("x", nested=[(secret,), {secret}]),
        lambda: logging.getLogger("arq.worker").info("→ job(%s)", secret),
        lambda: logging.getLogger("uvicorn.access").info(
            '%s - "%s %s HTTP/%s" %d', "1.2.3.4", "GET", f"/x?a=1&code={secret}", "1.1", 200
        ),
        lambda: logging.getLogger("httpx").warning("HTTP Request: GET https://x.test/p?hmac=%s", secret),
        lambda: raising(KeyError(secret)),
        lambda: raising(httpx.ConnectError(f"failed for Authorization: Bearer {secret}")),
        lambda: raising(chained(secret)),
        lambda: raising(ExceptionGroup("many", [ValueError(secret)])),
        lambda: raising(AppError("x", details={"seen": secret})),
        lambda: log.info("header", headers={"x-shopify-access-token": secret}),
        lambda: log.info("%s and %s", 1, secret),
    ]


def raising(error: Exception) -> None:
    try:
        raise error
    except Exception:
        log.exception("it_failed")
        logging.getLogger("lib").exception("it failed")


def chained(secret: str) -> Exception:
    outer = ValueError("outer")
    outer.__cause__ = RuntimeError(f"inner {secret}")
    return outer


def raising_validation(secret: str) -> None:
    class Login(BaseModel):
        password: int

    try:
        Login.model_validate({"password": "x" + secret})
    except ValidationError:
        log.exception("it_failed")


def raising_with_local(secret: str) -> None:
    held = {"hidden": secret}
    try:
        held["absent"]
    except KeyError:
        log.exception("it_failed")


# Feature: shopify-multi-tenant-dashboard, Property 36: *For any* log entry, it should not contain plain text access tokens, encryption keys, or passwords.
@settings(max_examples=150, deadline=None)
@given(token=shopify_tokens, key=keys, jwt=jwts, password=passwords)
def test_no_entry_holds_a_secret(token: str, key: str, jwt: str, password: str) -> None:
    captured = Sink()
    with logging_to(captured.stream, level="DEBUG"):
        for secret, shaped in ((token, True), (key, True), (jwt, True), (password, False)):
            for way in ways_of_logging(secret, shaped=shaped):
                captured.clear()
                way()
                assert captured.text, "the entry itself must still appear"
                for line in captured.lines():
                    plain = json.dumps(line, ensure_ascii=False)
                    assert secret not in plain
                    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in plain


CANARIES = {
    "oauth token": "shpat_0123456789abcdef0123456789abcdef",
    "refresh token": "shprt_0123456789abcdef0123456789abcdef",
    "client secret": "shpss_0123456789abcdef0123456789abcdef",
    "session token": new_token(),
    "session jwt": "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL3gifQ.c2lnbmF0dXJl",
    "encryption key": base64.b64encode(bytes(range(32))).decode(),
    "old client secret": "0123456789abcdef0123456789abcdef",
    "card": "4242 4242 4242 4242",
    "e-mail": "jane.doe+shop@example.co.uk",
    "own secret": "the-session-pepper-of-this-process",
    "openai key": "sk-proj-abcdEFGH12345678abcdEFGH",
    "database address": "postgresql://app:hunter2hunter2@db.internal:5432/storekeep",
}


@pytest.mark.parametrize("name", CANARIES)
def test_canaries_through_every_path(name: str, sink: Sink) -> None:
    canary = CANARIES[name]
    secret_part = "hunter2hunter2" if name == "database address" else canary
    for way in ways_of_logging(canary, shaped=True):
        way()
    assert len(sink.lines()) > 25
    assert secret_part not in sink.text
    assert secret_part.replace(" ", "") not in sink.text


def test_every_source_has_the_same_shape_and_context(sink: Sink) -> None:
    tenant = uuid.uuid4()
    with log_context(request_id="r-1", tenant_id=tenant):
        log.info("ours", count=3)
        for name in ("uvicorn.error", "arq.worker", "some.library"):
            logging.getLogger(name).info("theirs %d", 3)
    log.info("outside")
    lines = sink.lines()
    assert [line["event"] for line in lines] == ["ours", "theirs 3", "theirs 3", "theirs 3", "outside"]
    for line in lines[:4]:
        assert line["request_id"] == "r-1"
        assert line["tenant_id"] == str(tenant)
        assert line["level"] == "info"
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
    assert "tenant_id" not in lines[4]


def test_chatty_libraries_are_quiet(sink: Sink) -> None:
    for name in ("httpx", "httpcore.connection", "sqlalchemy.engine.Engine"):
        logging.getLogger(name).info("SELECT 'secret'")
    assert sink.text == ""


def test_an_entry_is_one_line_whatever_it_holds(sink: Sink) -> None:
    log.info("a\r\nb", value="c\nFAKE {}\u2028d\x1b[31m\u202ee\x00", **{"k\ney": "v"})
    raising(ValueError("first\nsecond"))
    text = sink.text
    assert len(text.splitlines()) == text.count("\n") == 3
    first = sink.lines()[0]
    assert first["event"] == "a  b"
    assert first["value"] == "c FAKE {} d[31me"
    assert first["k ey"] == "v"


def test_long_deep_and_odd_values_are_bounded(sink: Sink) -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"in": deep}
    log.info("x" * 100_000, deep=deep, many=list(range(10_000)), big=2**70, nan=float("nan"), thing=object(), lone="\ud800x")
    line = sink.lines()[0]
    assert len(sink.text) < 6_000
    assert len(line["event"]) == 2_000
    assert len(line["many"]) == 50
    assert line["big"] == str(2**70)
    assert line["thing"] == "<object>"
    assert line["lone"] == "x"


def test_exceptions_show_where_but_never_what_was_held(sink: Sink) -> None:
    def inner(held: str) -> None:
        raise AppError("it broke", code="IT_BROKE", details={"reason": "test"})

    try:
        inner("local-canary-value")
    except AppError:
        log.exception("it_failed")
    shown = sink.lines()[0]["exception"]
    assert shown["type"] == "storekeep.kit.errors.AppError"
    assert (shown["code"], shown["details"]) == ("IT_BROKE", {"reason": "test"})
    assert shown["frames"][-1].endswith(" inner")
    assert "local-canary-value" not in sink.text
    assert "raise AppError" not in sink.text


def test_broken_log_calls_and_hostile_objects_leak_nothing(sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("shpat_0123456789abcdef0123456789abcdef")

        __repr__ = __str__

    logging.getLogger("lib").info("%d items of %s", "shpat_0123456789abcdef0123456789abcdef")
    log.info("x", thing=Hostile())
    raising(ValueError(Hostile()))
    assert "shpat_" not in sink.text
    out = capsys.readouterr()
    assert "shpat_" not in out.out + out.err


def test_ordinary_words_numbers_and_ids_stay_readable(sink: Sink) -> None:
    order, run = "gid://shopify/Order/5712345678901", str(uuid.uuid4())
    log.info(
        "sync_finished",
        run_id=run,
        order=order,
        prompt_tokens=812,
        shop="demo-store.myshopify.com",
        path="src/storekeep/integrations/shopify/client.py",
        duration_ms=12.5,
        at=datetime(2026, 7, 1, tzinfo=UTC),
        trace_id="0af7651916cd43dd8448eb211c80319c",
        note="3 orders of 1,454 failed: SHOPIFY_RATE_LIMIT (retry in 32 s)",
    )
    line = sink.lines()[0]
    assert line["run_id"] == run
    assert line["order"] == order
    assert line["prompt_tokens"] == 812
    assert line["shop"] == "demo-store.myshopify.com"
    assert line["path"] == "src/storekeep/integrations/shopify/client.py"
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert line["at"] == "2026-07-01T00:00:00+00:00"
    assert line["note"].startswith("3 orders of 1,454 failed: SHOPIFY_RATE_LIMIT")


def test_console_form_holds_no_secret_either() -> None:
    captured = Sink()
    with logging_to(captured.stream, level="INFO", log_format="console"):
        raising(ValueError("shpat_0123456789abcdef0123456789abcdef\nFAKE LINE"))
        assert "shpat_" not in captured.text
        assert "ValueError" in captured.text
        assert not any(line.startswith("FAKE") for line in captured.text.splitlines())


@settings(max_examples=100, deadline=1000)
@given(text=st.text(max_size=5_000))
def test_any_text_is_cleaned_in_bounded_time(text: str) -> None:
    Redactor().text(text)


@pytest.mark.parametrize(
    "piece", ["a.", "password", "token-", "@", "a@", "1 ", "eyJ", "=", "://", "Key (", "?a=", "A" * 39 + " "]
)
def test_repetitive_text_is_cleaned_in_bounded_time(piece: str) -> None:
    started = datetime.now(UTC)
    Redactor().text(piece * (100_000 // len(piece)))
    assert (datetime.now(UTC) - started).total_seconds() < 2


def test_known_secrets_go_wherever_they_stand() -> None:
    redactor = Redactor(["correct horse battery", "short"])
    assert redactor.text("it is correct horse battery!") == f"it is {REDACTED}!"
    assert redactor.text("correct horse\x00 battery") == REDACTED
    assert redactor.text("a short word") == "a short word"


def test_ids_of_our_own_making_are_no_secrets(sink: Sink) -> None:
    """In hexadecimal they look like keys; without them nothing in the log could be followed."""
    ours, theirs = uuid7().hex, "shpat_0123456789abcdef0123456789abcdef"
    log.info("request", request_id=ours, path="/api/x")
    with log_context(request_id=ours):
        logging.getLogger("lib").info("theirs")
    log.info("request", request_id=theirs)
    log.info("request", session=ours)
    assert [line.get("request_id") for line in sink.lines()] == [ours, ours, REDACTED, None]
    assert sink.lines()[3]["session"] == REDACTED
