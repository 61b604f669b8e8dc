"""The home folder: one holder at a time, secrets made once and readable by nobody else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from storekeep.entry.embedded.environment import BadSetting, Given, for_children
from storekeep.entry.embedded.home import Home, HomeUnusable


def test_secrets_are_made_once_and_only_we_may_read_them(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.hold()
    secrets = home.secrets()
    assert home.secrets() == secrets
    assert len(base64.b64decode(secrets["ENCRYPTION_KEY"], validate=True)) == 32
    assert len(secrets["SESSION_SECRET"]) >= 32
    assert len(set(secrets.values())) == len(secrets)
    assert (home.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_a_secret_that_came_later_is_added_and_the_others_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.hold()
    before = home.secrets()
    kept = {name: value for name, value in before.items() if name != "REDIS_PASSWORD"}
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    after = home.secrets()
    assert {name: after[name] for name in kept} == kept
    assert after["REDIS_PASSWORD"] != before["REDIS_PASSWORD"]


def test_unreadable_secrets_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"ENCRYPTION_KEY": ')
    home = Home(tmp_path)
    home.hold()
    with pytest.raises(HomeUnusable, match=r"secrets\.json cannot be read"):
        home.secrets()
    assert (tmp_path / "secrets.json").read_text() == '{"ENCRYPTION_KEY": '


def test_one_holder_at_a_time_and_a_stopping_one_is_waited_for(tmp_path: Path) -> None:
    first, second = Home(tmp_path), Home(tmp_path)
    said: list[str] = []
    first.hold()
    first.describe(address="http://127.0.0.1:8000")
    with pytest.raises(HomeUnusable, match=r"already running from .* at http://127\.0\.0\.1:8000"):
        second.hold()

    first.describe(stopping=True)
    pauses = 0

    def pause(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 500:  # far beyond the grace for a run that says nothing
            first.release()

    Home(tmp_path).hold(pause, said.append)
    assert pauses == 500
    assert said == ["Waiting for the previous run to finish stopping."]


def test_what_is_given_wins_over_what_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nSESSION_SECRET='from the file'\nLOG_LEVEL=\n")
    monkeypatch.setenv("PORT", "9002")
    monkeypatch.delenv("APP_URL", raising=False)
    given = Given.read(tmp_path)
    assert (given.port, given.address) == (9002, "http://127.0.0.1:9002")
    home = Home(tmp_path / "home")
    home.hold()
    environment = for_children(given, home, {"REDIS_URL": "redis://embedded"})
    assert environment["SESSION_SECRET"] == "from the file"
    assert environment["REDIS_URL"] == "redis://embedded"
    assert environment["ENVIRONMENT"] == "embedded"
    assert "LOG_LEVEL" not in environment
    assert Given({"PORT": "80", "APP_URL": "https://shop.example/"}).address == "https://shop.example"


@pytest.mark.parametrize("port", ["0", "65536", "eight thousand", "-1", "80.0", "８０８０"])
def test_a_port_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(BadSetting, match="PORT must be a number from 1 to 65535"):
        _ = Given({"PORT": port}).port
