"""The house's walls hold: the tree keeps every import contract, and each contract catches a planted wrong import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "NO_COLOR": "1", "COLUMNS": "200"}
    command = [str(LINTER), "--config", str(root / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__", "*.gz", "*.graphql"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_tree_keeps_every_contract(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


PLANTED = [
    ("Floors", "runtime/services.py", "import storekeep.domains.accounts.public"),
    ("Floors", "kit/money.py", "import storekeep.runtime.services"),
    ("Floors", "integrations/shopify/errors.py", "import storekeep.domains.accounts.types"),
    ("Sandbox imports only kit", "sandbox/config.py", "import storekeep.integrations.shopify"),
    ("Sandbox imports only kit", "sandbox/config.py", "import sqlalchemy"),
    ("Only the command line starts the sandbox", "entry/rooms.py", "import storekeep.sandbox.config"),
    ("Rooms in order", "domains/accounts/types.py", "import storekeep.domains.audit.public"),
    ("Rooms in order", "domains/commerce/types.py", "import storekeep.domains.insights"),
    ("One door a room", "domains/insights/room.py", "import storekeep.domains.commerce.models"),
    ("One door a room", "domains/commerce/room.py", "import storekeep.domains.connections.models"),
    ("Inside a room", "domains/accounts/types.py", "import storekeep.domains.accounts.models"),
    ("Inside a room", "domains/audit/models.py", "import storekeep.domains.audit.public"),
    ("Integrations are independent", "integrations/shopify/errors.py", "import storekeep.integrations.planted"),
    ("Integrations and kit know no database", "integrations/shopify/errors.py", "import sqlalchemy"),
    ("kit is pure", "kit/text.py", "import httpx"),
    ("arq only in its adapter", "runtime/jobs/ledger.py", "import arq"),
    ("Rooms never read settings", "domains/commerce/types.py", "import storekeep.runtime.settings"),
    ("No cycles", "kit/text.py", "import storekeep.kit.money\nimport storekeep.kit.paging"),
]


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED, ids=[f"{c}: {f}" for c, f, _ in PLANTED])
def test_a_wrong_import_is_caught(copy: Path, contract: str, file: str, line: str) -> None:
    target = copy / "src/storekeep" / file
    before = target.read_text()
    planted = copy / "src/storekeep/integrations/planted"
    other = copy / "src/storekeep/kit/money.py"
    other_before = other.read_text()
    planted.mkdir(exist_ok=True)
    (planted / "__init__.py").write_text("")
    if contract == "No cycles":
        other.write_text(other_before + "\nimport storekeep.kit.text\n")
    target.write_text(target.read_text() + f"\n{line}\n")
    try:
        result = lint(copy)
    finally:
        shutil.rmtree(planted)
        other.write_text(other_before)
        target.write_text(before)
    assert result.returncode != 0
    broken = [row for row in result.stdout.splitlines() if "BROKEN" in row]
    assert any(contract in row for row in broken), result.stdout


def test_a_room_that_is_not_in_the_order_is_refused(copy: Path) -> None:
    room = copy / "src/storekeep/domains/loyalty"
    room.mkdir()
    (room / "__init__.py").write_text("")
    try:
        assert lint(copy).returncode != 0
    finally:
        shutil.rmtree(room)


def test_every_folder_with_code_is_a_package() -> None:
    bare = {f.parent for f in (ROOT / "src").rglob("*.py") if not (f.parent / "__init__.py").exists()}
    assert not bare, "import-linter does not see folders without __init__.py"


def test_every_module_says_what_it_answers_for() -> None:
    silent = [f for f in (ROOT / "src").rglob("*.py") if not f.read_text().lstrip().startswith('"""')]
    assert not silent


def test_no_source_file_grows_past_400_lines() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "frontend/src").rglob("*.ts"), *(ROOT / "frontend/src").rglob("*.tsx")]
    long = {
        str(f.relative_to(ROOT)): n
        for f in sources
        if "generated" not in f.parts and ".gen." not in f.name and (n := len(f.read_text().splitlines())) > 400
    }
    assert not long
