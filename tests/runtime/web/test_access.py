"""The access log: one line a request that can be followed by its id, and no secret whichever way it is written."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from storekeep.kit.ids import uuid7
from storekeep.runtime.logging import REDACTED, log_context
from storekeep.runtime.web.access import UNMATCHED, AccessLog
from tests.support.logs import logging_to

TOKEN = "shpat_0123456789abcdef0123456789abcdef"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    captured = io.StringIO()
    with logging_to(captured):
        yield captured


def line_of(stream: io.StringIO, path: str, route: str, request_id: str, *, as_json: bool = True) -> dict[str, object]:
    with log_context(request_id=request_id):
        AccessLog(as_json=as_json).write("GET", path, route, 200, 0.012, 34, request_id)
    line: dict[str, object] = json.loads(stream.getvalue().splitlines()[-1])
    return line


@pytest.mark.parametrize("as_json", [True, False], ids=["written as it is", "the general way"])
def test_a_request_can_be_followed_by_its_id(stream: io.StringIO, as_json: bool) -> None:
    ours = uuid7().hex
    line = line_of(stream, "/api/orders", "/api/orders", ours, as_json=as_json)
    assert (line["request_id"], line["path"], line["status"], line["ms"]) == (ours, "/api/orders", 200, 12.0)


def test_a_secret_sent_as_an_id_or_a_path_is_not_written(stream: io.StringIO) -> None:
    assert line_of(stream, "/api/orders", "/api/orders", TOKEN)["request_id"] == REDACTED
    for route in (UNMATCHED, "/api/stores/{store_id}"):
        assert line_of(stream, f"/api/stores/{TOKEN}", route, uuid7().hex)["path"] == f"/api/stores/{REDACTED}"
    assert TOKEN not in stream.getvalue()
