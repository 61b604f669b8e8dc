"""The stand-in Shopify for measuring: an export is COMPLETED as soon as its file is there. Arguments as the sandbox's own."""

from __future__ import annotations

import sys
from dataclasses import replace

from storekeep.sandbox.server import config_from, serve

if __name__ == "__main__":
    serve(replace(config_from(sys.argv[1:]), bulk_created_seconds=0, bulk_running_seconds=0))
