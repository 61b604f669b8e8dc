"""Where the whole year of Online Retail is, which the demo shows when asked to; a quarter of it is shipped with the product."""

from __future__ import annotations

from pathlib import Path

NAME = "online_retail.csv.gz"


class DataMissing(RuntimeError):
    """The year's file is not where it was said or looked for."""


def full_year(given: Path | None) -> Path:
    """The file `given` (or the one of that name in the folder given), else one beside the project. Raises DataMissing."""
    project = Path(__file__).resolve().parents[4]
    places = (
        [given, given / NAME] if given else [project.parent / place / NAME for place in ("", "data", "shared/data/online-retail")]
    )
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise DataMissing(
        f"DEMO_FULL asks for the whole year, whose file is not there (looked at {looked}). Set DEMO_DATA to its path."
    )
