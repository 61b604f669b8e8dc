"""coverage plugin: how covered lines are counted. Python 3.12 and later tell of each new line once, at next to no cost; before,
every line is traced each time, and through the greenlets that SQLAlchemy runs in."""

from __future__ import annotations

import sys

from coverage.plugin import CoveragePlugin
from coverage.plugin_support import Plugins
from coverage.types import TConfigurable

CHEAP = sys.version_info >= (3, 12)


class _ByVersion(CoveragePlugin):
    def configure(self, config: TConfigurable) -> None:
        if CHEAP:
            config.set_option("run:core", "sysmon")
        else:
            config.set_option("run:concurrency", ["thread", "greenlet"])


def coverage_init(reg: Plugins, _: dict[str, str]) -> None:
    """Called by coverage when it starts."""
    reg.add_configurer(_ByVersion())
