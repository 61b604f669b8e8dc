"""`python -m tests.oracle FROM TO CURRENCY DUMP.jsonl…` prints what the overview of these days must show, as JSON."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from tests.oracle.answers import Tenant, before
from tests.oracle.raw import read


def main(argv: list[str]) -> None:
    """Read the dumps and print the tiles."""
    first, last, currency, *dumps = argv
    tenant = Tenant([read(Path(dump).read_bytes().splitlines()) for dump in dumps])
    days = date.fromisoformat(first), date.fromisoformat(last)
    json.dump(tenant.overview(None, currency, *days, before(*days, "previous")), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
