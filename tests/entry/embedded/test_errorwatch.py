"""Errors in the logs reach the terminal: new ones only, shortened, and never a flood."""

from __future__ import annotations

import json
from pathlib import Path

from storekeep.entry.embedded.errorwatch import ErrorWatch


def _line(level: str, event: str, **more: object) -> str:
    return json.dumps({"level": level, "event": event, **more}) + "\n"


def test_new_errors_are_told_once_with_their_cause(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text(_line("error", "of_yesterday"))
    watch = ErrorWatch(tmp_path)
    watch.skip()
    with log.open("a") as file:
        file.write(_line("info", "all_well") + "not json { at all\n" + '{"level": "error"\n' + "[1]\n")
        file.write(_line("error", "job_failed", exception={"type": "ValueError", "message": "no such thing"}))
        file.write(_line("critical", "x" * 1000))
        file.write(_line("error", "half_written")[:10])
    assert watch.look() == ["worker: job_failed: ValueError: no such thing", "worker: " + "x" * 300]
    assert watch.look() == []
    with log.open("a") as file:
        file.write(_line("error", "half_written")[10:])
    assert watch.look() == ["worker: half_written"]


def test_a_flood_is_counted_instead_of_told(tmp_path: Path) -> None:
    watch = ErrorWatch(tmp_path)
    (tmp_path / "api.log").write_text("".join(_line("error", f"error_{number}") for number in range(100)))
    told = watch.look()
    assert told[:5] == [f"api: error_{number}" for number in range(5)]
    assert told[5:] == [f"95 more errors, see {tmp_path}"]
    with (tmp_path / "api.log").open("a") as file:
        file.write(_line("error", "one_more"))
    assert watch.look() == []


def test_a_log_that_was_shortened_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text(_line("info", "long " * 100))
    watch = ErrorWatch(tmp_path)
    assert watch.look() == []
    log.write_text(_line("error", "anew"))
    assert watch.look() == ["api: anew"]
