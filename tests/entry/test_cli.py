"""The commands, run as a person runs them: what they print and how they end."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storekeep.entry.cli.demo_data import NAME, DataMissing, full_year

TOP = Path(__file__).parents[2]
WORKING = {
    "DATABASE_URL": "postgresql://app_rt:secret-word@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ENCRYPTION_KEY": "A" * 43 + "=",
    "SESSION_SECRET": "s" * 40,
}


def storekeep(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder` with nothing but the given environment."""
    command = [sys.executable, "-m", "storekeep.entry.cli", *arguments]
    measured = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    bare = {"PATH": os.environ["PATH"], **measured, **environment}
    return subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, check=False, timeout=60)


def test_help_names_every_command(tmp_path: Path) -> None:
    told = storekeep("--help", folder=tmp_path).stdout
    commands = ("up", "serve", "worker", "migrate", "openapi", "rotate-keys", "demo", "sandbox")
    assert tuple(re.findall(r"^  ([a-z-]+)  +\w", told.partition("Commands:")[2], re.M)) == commands
    assert all(f"storekeep {name}`" in (TOP / "docs" / "running.md").read_text() for name in commands)


def test_the_description_needs_no_settings_and_depends_on_none(tmp_path: Path) -> None:
    surrounded = storekeep("openapi", folder=tmp_path, APP_URL="https://shop.example", DEMO="true", PORT="9", SPA_DIR="/nowhere")
    assert surrounded.returncode == 0, surrounded.stderr
    committed = (TOP / "frontend" / "openapi.json").read_text("utf-8")
    assert json.loads(committed)["openapi"].startswith("3.1")
    assert surrounded.stdout == committed
    assert storekeep("openapi", folder=tmp_path).stdout == committed


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_missing_settings_are_named_without_a_traceback(tmp_path: Path, command: str) -> None:
    ended = storekeep(command, folder=tmp_path)
    assert ended.returncode == 1
    assert "DATABASE_URL: Field required" in ended.stderr
    assert "ENCRYPTION_KEY: Field required" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_migrate_explains_the_roles_when_only_one_address_is_given(tmp_path: Path) -> None:
    ended = storekeep("migrate", folder=tmp_path, **WORKING)
    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_OWNER_URL is not set.")
    script = re.search(r"src/\S+roles\.sql", ended.stderr)
    assert script
    assert (TOP / script[0]).is_file()
    assert "secret-word" not in ended.stderr


def test_up_refuses_a_port_that_is_none_in_one_line(tmp_path: Path) -> None:
    ended = storekeep("up", folder=tmp_path, PORT="eighty")
    assert (ended.returncode, ended.stderr) == (1, "PORT must be a number from 1 to 65535, not 'eighty'.\n")


def test_the_whole_year_is_found_where_it_is_said_or_beside_the_project(tmp_path: Path) -> None:
    file = tmp_path / NAME
    with pytest.raises(DataMissing, match="Set DEMO_DATA to its path"):
        full_year(file)
    file.write_bytes(gzip.compress(b"InvoiceNo"))
    assert full_year(file) == file
    assert full_year(tmp_path) == file


def test_a_stand_in_asked_for_a_year_it_has_not_says_so(tmp_path: Path) -> None:
    ended = storekeep("sandbox", folder=tmp_path, DEMO_FULL="1", DEMO_DATA=str(tmp_path / "none"), SANDBOX_STATE=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith("DEMO_FULL asks for the whole year, whose file is not there")


def test_make_lists_its_targets_and_continuous_integration_runs_the_tests(tmp_path: Path) -> None:
    told = subprocess.run(["make", "help"], cwd=TOP, capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in told.splitlines()] == ["help", "run", "test", "check", "test-long", "bench"]
    script = [line for line in (TOP / ".ci" / "run").read_text().splitlines() if not line.startswith("#")]
    assert script == ['cd "$(dirname "$0")/.." && exec make test']
    assert os.access(TOP / ".ci" / "run", os.X_OK)


def test_the_parts_of_make_test_before_this_one_passed() -> None:
    assert os.environ.get("FAILED_PARTS", "").split() == []


def test_the_lock_files_agree_and_name_no_address() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (TOP / "requirements" / name).read_text(), re.M))

    everything = pins("dev.lock")
    for name in ("uv.lock", "runtime.lock"):
        assert pins(name).items() <= everything.items()
        assert "://" not in (TOP / "requirements" / name).read_text()
    assert "pytest" not in pins("runtime.lock")


@pytest.mark.parametrize(
    ("script", "program", "says"),
    [
        (".ci/python", "python3", "Storekeep needs Python 3.11 or newer, and found Python 3.9.2"),
        (".ci/page", "node", "Storekeep needs Node 20.19 or newer with npm, and found v18.20.4"),
    ],
)
def test_a_tool_that_is_missing_or_too_old_is_named_in_one_line(tmp_path: Path, script: str, program: str, says: str) -> None:
    project, tools = tmp_path / "a project", tmp_path / "tools"
    for folder in (project / ".ci", project / "frontend", project / "requirements", tools):
        folder.mkdir(parents=True)
    (project / script).write_bytes((TOP / script).read_bytes())
    for lock in ("requirements/uv.lock", "requirements/dev.lock", "pyproject.toml"):
        (project / lock).touch()
    for tool in ("sh", "cat", "dirname", "sha256sum", "id"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")

    def run() -> str:
        ended = subprocess.run(
            ["/bin/sh", project / script], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        assert ended.stderr.count("\n") == 1
        return ended.stderr

    assert "and found none" in run()
    version = says.rsplit("found ", 1)[1]
    (tools / program).write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" || exit 1\n')
    (tools / program).chmod(0o755)
    assert run().startswith(says)
