"""An ordinary user of this machine, and a folder that user may reach."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from storekeep.entry.embedded.processes import Account


@pytest.fixture
def account() -> Iterator[Account]:
    """An ordinary user of this machine, made for the test."""
    name = f"storekeep-test-{os.getpid()}"
    subprocess.run(["/usr/sbin/useradd", "--system", "--no-create-home", name], check=True, capture_output=True)
    entry = pwd.getpwnam(name)
    yield Account(entry.pw_uid, entry.pw_gid)
    subprocess.run(["/usr/sbin/userdel", name], check=True, capture_output=True)


@pytest.fixture
def open_folder(account: Account) -> Iterator[Path]:
    """A folder below /var/tmp that every user may pass, unlike pytest's own."""
    folder = Path("/var/tmp") / f"storekeep test {os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)
