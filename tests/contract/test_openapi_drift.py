"""The page's client is generated from the API that is there, not from one that was."""

from __future__ import annotations

import json
from pathlib import Path

from storekeep.entry.api.main import openapi_app
from storekeep.entry.cli.surroundings import settings_for_description

COMMITTED = Path(__file__).resolve().parents[2] / "frontend" / "openapi.json"
REMEDY = "Run `.venv/bin/storekeep openapi > frontend/openapi.json` and `npm --prefix frontend run generate`, and commit both."


def test_the_page_is_built_against_the_api_that_is_there() -> None:
    exported = json.loads(json.dumps(openapi_app(settings_for_description()).openapi()))
    if exported != json.loads(COMMITTED.read_text(encoding="utf-8")):
        raise AssertionError(f"frontend/openapi.json is not what the API says. {REMEDY}") from None
