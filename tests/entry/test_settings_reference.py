"""docs/settings.md says what the settings say."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from storekeep.entry.settings_reference import render, settings
from storekeep.runtime.settings.areas import DatabaseSettings
from tests.entry.test_deployment import settings_variables

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_document_is_made_from_the_code() -> None:
    assert DOCUMENT.read_text() == render(), "run: python -m storekeep.entry.settings_reference > docs/settings.md"


def test_every_variable_is_there_with_its_meaning() -> None:
    rows = [row for area in settings().values() for row in area]
    assert {row.name for row in rows} | {"ENVIRONMENT"} == settings_variables()
    for row in rows:
        assert row.meaning.endswith("."), row.name
        assert "|" not in row.meaning, row.name


def test_fewer_connections_than_a_few_jobs_need_are_refused() -> None:
    url = SecretStr("postgresql://somebody@nowhere/nothing")
    assert DatabaseSettings(url=url, pool_size=6).pool_size == 6
    with pytest.raises(ValidationError):
        DatabaseSettings(url=url, pool_size=5)


def test_no_secret_has_a_value_in_it() -> None:
    for area in settings().values():
        for row in area:
            assert not row.secret or row.default in ("**required**", "none"), row.name
