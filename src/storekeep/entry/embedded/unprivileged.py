"""Running PostgreSQL for root, whom it refuses: in a user namespace where root is somebody else, or as an account of its own."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from storekeep.entry.embedded.processes import Account

ACCOUNT_NAME = "storekeep-postgres"
ELSEWHERE = Path("/var/lib") / ACCOUNT_NAME
_INSIDE = "server"
_POINTER = "elsewhere"


class NoAccount(RuntimeError):
    """Root has no way here to run a program as somebody else."""


@dataclass(frozen=True, slots=True)
class Footing:
    """How PostgreSQL is run here: `prefix` goes before its commands, `binaries` holds them, `folder` holds its data."""

    prefix: tuple[str, ...]
    account: Account | None
    binaries: Path
    folder: Path


def choose(binaries: Path, folder: Path) -> Footing:
    """The footing for data in `folder` (made if absent, 0700), the same on every call once data are there.

    No existing folder's mode is ever changed. Raises NoAccount when root can neither use a user namespace nor add a user.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Footing((), None, binaries, folder)
    place, owner = _existing_data(folder)
    if owner and owner.uid != 0:
        return Footing((), owner, _reachable(binaries, owner), place)
    prefix = _namespace()
    if prefix and _works([*prefix, str(binaries / "postgres"), "--version"]) and _works([*prefix, "test", "-w", str(folder)]):
        return Footing(prefix, None, binaries, folder)
    if owner:
        raise NoAccount(f"{folder} was made in a user namespace, which this machine no longer allows")
    return with_account(binaries, folder, _make_account())


def with_account(binaries: Path, folder: Path, account: Account) -> Footing:
    """A footing for new data on another account; below /var/lib where that account may not reach `folder`."""
    binaries = _reachable(binaries, account)
    inside = folder / _INSIDE
    inside.mkdir(mode=0o700, exist_ok=True)
    os.chown(inside, account.uid, account.gid)
    if _works(["test", "-w", str(inside)], account):
        return Footing((), account, binaries, inside)
    elsewhere = _own_folder() / hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    elsewhere.mkdir(mode=0o700, exist_ok=True)
    os.chown(elsewhere, account.uid, account.gid)
    (folder / _POINTER).write_text(f"{elsewhere}\n")
    return Footing((), account, binaries, elsewhere)


def _existing_data(folder: Path) -> tuple[Path, Account | None]:
    """Where an earlier run made its data, and who owns them; (folder, None) when there are none yet."""
    pointer = folder / _POINTER
    places = [folder, folder / _INSIDE, *([Path(pointer.read_text().strip())] if pointer.exists() else [])]
    for place in places:
        version = place / "data" / "PG_VERSION"
        if version.exists():
            stat = version.stat()
            return place, Account(stat.st_uid, stat.st_gid)
    return folder, None


def _namespace() -> tuple[str, ...]:
    """The command that makes root look like an ordinary user, its files staying root's; empty when no user will do."""
    unshare = shutil.which("unshare")
    # PostgreSQL only asks that the user id is not 0 and has a name. 65534 stands for every unmapped owner, so it will not do.
    ordinary = next((entry for entry in pwd.getpwall() if entry.pw_uid not in (0, 65534)), None)
    if not unshare or not ordinary:
        return ()
    return (unshare, "-U", f"--map-user={ordinary.pw_uid}", f"--map-group={ordinary.pw_gid}", "--")


def _make_account() -> Account:
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        command = [useradd or "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        if not useradd or not _works([*command, "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]):
            raise NoAccount(
                "PostgreSQL does not run as root, and no user could be added for it; run as an ordinary user"
            ) from None
        entry = pwd.getpwnam(ACCOUNT_NAME)
    return Account(entry.pw_uid, entry.pw_gid)


def _reachable(binaries: Path, account: Account) -> Path:
    """`binaries`, or a copy of the programs below /var/lib where the account may not run them; made once for each build."""
    if _works([str(binaries / "postgres"), "--version"], account):
        return binaries
    install = binaries.parent
    package = install.parent
    build = hashlib.sha256(str((binaries / "postgres").stat().st_size).encode()).hexdigest()[:12]
    target = _own_folder() / f"programs-{build}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(install, unfinished / package.name / install.name, symlinks=True)
        # The programs look for these libraries relative to themselves.
        shutil.copytree(package.with_name(f"{package.name}.libs"), unfinished / f"{package.name}.libs", symlinks=True)
        for made in (unfinished, unfinished / package.name):
            made.chmod(0o755)
        unfinished.rename(target)
    return target / package.name / install.name / "bin"


def _own_folder() -> Path:
    """Our folder below /var/lib, passable for the account whatever root's umask is."""
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(parents=True)
        ELSEWHERE.chmod(0o755)
    return ELSEWHERE


def _works(command: list[str], account: Account | None = None) -> bool:
    who: dict[str, object] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    try:
        return subprocess.run(command, cwd="/", capture_output=True, check=False, timeout=20, **who).returncode == 0  # type: ignore[call-overload,no-any-return]  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return False
