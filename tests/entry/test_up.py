"""The product itself under `storekeep up`: ready when the demo is imported, whole after everything was killed in mid-work."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from storekeep.entry.embedded import ports
from storekeep.entry.wiring import DEMO_EMAIL, DEMO_PASSWORD
from tests.entry.embedded.running import Run, processes_of, wait_for


class RealRun(Run):
    """The product itself."""

    command = (sys.executable, "-m", "storekeep.entry.cli", "up")


def _demo_stores(port: int) -> list[dict[str, Any]]:
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=30) as client:
        login = client.post("/api/auth/login", json={"username": DEMO_EMAIL, "password": DEMO_PASSWORD})
        assert login.status_code == 200, login.text
        stores: list[dict[str, Any]] = client.get("/api/stores").json()["items"]
        return stores


def _ready(port: int) -> int:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", verify=False).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.long
def test_the_demo_is_imported_whole_even_when_everything_dies_on_the_way(tmp_path: Path) -> None:
    port = ports.pick()
    run: Run = RealRun(tmp_path, port)
    try:
        # In the middle of the import: the stores are connected and not yet copied.
        log = run.home / "logs" / "worker.log"
        wait_for(lambda: (log.exists() and "bulk" in log.read_text()) or run.popen.poll() is not None, "the import to begin", 120)
        assert _ready(port) != 200
        run.kill_everything()

        run = RealRun(tmp_path, port)
        run.wait_ready(400)
        assert _ready(port) == 200
        [store] = _demo_stores(port)
        assert (store["shop"], store["status"]) == ("demo-store.myshopify.com", "CONNECTED")
        assert min(store["counts"].values()) > 0

        worker = run.kill("worker")
        wait_for(lambda: run.child("worker") not in (0, worker), "the worker to come back")
        assert run.interrupt() == 0
        assert processes_of(run.home) == {}

        began = time.monotonic()
        run = RealRun(tmp_path, port)
        run.wait_ready(120)
        print(f"second start: {time.monotonic() - began:.1f} s")  # noqa: T201 - a figure for the reader, not a verdict
        assert _demo_stores(port)[0]["counts"] == store["counts"]
        assert run.text.count("\n") <= 8, run.text
    finally:
        if run.popen.poll() is None:
            run.interrupt()
