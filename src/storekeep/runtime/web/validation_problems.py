"""What pydantic refused, as field paths, types and messages; the refused value is never repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from storekeep.kit.text import one_line

MAX_FIELDS = 50
_SOURCES = ("body", "query", "path", "header", "cookie")


def validation_problem(error: RequestValidationError) -> dict[str, Any]:
    """The keyword arguments of the Problem for a request that failed validation.

    A malformed identifier in the path is a 404: ids are opaque, so one that cannot exist does not exist. A date that cannot be
    read gives VALIDATION_INVALID_DATE; everything else VALIDATION_FAILED.
    """
    errors = error.errors()
    if any(e["loc"][:1] == ("path",) for e in errors):
        return {"status": 404, "code": "NOT_FOUND", "message": "There is no such thing here."}
    if any(e["type"] == "json_invalid" for e in errors):
        return {"status": 400, "code": "MALFORMED_JSON", "message": "The body is not valid JSON."}
    fields = [{"path": _path(e["loc"]), "type": e["type"], "message": one_line(e["msg"])} for e in errors[:MAX_FIELDS]]
    if any(str(e["type"]).startswith("date") for e in errors):
        code, message = "VALIDATION_INVALID_DATE", "A date is not valid. Write it as 2026-01-31."
    else:
        code, message = "VALIDATION_FAILED", "Some of what was sent is not valid."
    return {"status": 422, "code": code, "message": message, "details": {"fields": fields}}


def _path(loc: Sequence[int | str]) -> str:
    parts = loc[1:] if loc and loc[0] in _SOURCES else loc
    return one_line(".".join(map(str, parts)), 100)
