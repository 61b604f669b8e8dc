"""docs/errors.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from storekeep.entry.api.errors import catalogue, render

DOCUMENT = Path(__file__).parents[3] / "docs" / "errors.md"


def test_the_document_is_made_from_the_code() -> None:
    assert DOCUMENT.read_text() == render(catalogue()), "run: python -m storekeep.entry.api.errors > docs/errors.md"


def test_codes_are_stable_words_with_a_status_and_a_sentence() -> None:
    rows = catalogue()
    assert len({(row.code, row.status, row.message) for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|CONFLICT", row.code), row.code
        assert 400 <= row.status < 600
        assert row.message.endswith((".", "!")), row.code
        assert "|" not in row.message + row.when, row.code
        assert row.when, row.code


def test_a_shared_code_is_listed_with_every_status_and_message_it_has() -> None:
    lines = [row for row in catalogue() if row.code == "SHOPIFY_AUTH_FAILED"]
    assert [row.status for row in lines] == [403, 409, 409, 422]
    assert {"Shopify no longer accepts our access to this store. Connect it again."} < {row.message for row in lines}


def test_what_the_web_layer_refuses_is_listed() -> None:
    codes = {row.code for row in catalogue()}
    assert {
        "INTERNAL_SERVER_ERROR",
        "DATABASE_CONNECTION_FAILED",
        "VALIDATION_INVALID_DATE",
        "NOT_FOUND",
        "CSRF_REFUSED",
    } <= codes


def test_the_codes_programs_were_promised_first_are_all_there() -> None:
    assert {row.code for row in catalogue()} >= {
        "AUTH_INVALID_CREDENTIALS",
        "AUTH_SESSION_EXPIRED",
        "TENANT_NOT_FOUND",
        "SHOPIFY_RATE_LIMIT",
        "SHOPIFY_AUTH_FAILED",
        "VALIDATION_INVALID_DATE",
        "DATABASE_CONNECTION_FAILED",
        "INTERNAL_SERVER_ERROR",
    }
