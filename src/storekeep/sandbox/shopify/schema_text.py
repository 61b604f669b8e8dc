"""Where the Admin schema lies, and what can be read in it without building it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SCHEMA = Path(__file__).parent / "schema" / "admin_2026-07.slim.graphql"
_NODE = re.compile(r"^type (\w+) implements [^{]*\bNode\b", re.MULTILINE)


@cache
def node_types() -> frozenset[str]:
    """The types that have global ids."""
    return frozenset(_NODE.findall(SCHEMA.read_text(encoding="utf-8")))
