"""A small product for the supervisor to run: a web server for the API and the stand-in, a sleeper for the worker."""

from __future__ import annotations

import sys
from pathlib import Path

from storekeep.entry.embedded import processes
from storekeep.entry.embedded.environment import Given
from storekeep.entry.embedded.supervisor import Commands, Supervisor

SERVER = """
import http.server, os, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ[sys.argv[1]])), Ready).serve_forever()
"""
WORKER = """
import sys, time
if "fail" in sys.argv:
    raise SystemExit("the worker has no wish to live")
time.sleep(3600)
"""
# The first time it is run it kills itself, as if from outside.
KILLED_ONCE = """
import os, pathlib, signal
mark = pathlib.Path(os.environ["STOREKEEP_HOME"]) / "killed-once"
if not mark.exists():
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def commands(*flags: str) -> Commands:
    """The children; the flags `worker-fails` and `migrate-killed` make them misbehave."""
    python = sys.executable
    return Commands(
        migrate=(python, "-c", KILLED_ONCE if "migrate-killed" in flags else "pass"),
        sandbox=(python, "-c", SERVER, "SANDBOX_PORT"),
        serve=(python, "-c", SERVER, "PORT"),
        worker=(python, "-c", WORKER, "fail" if "worker-fails" in flags else "work"),
        demo=(python, "-c", "pass"),
    )


def main() -> None:
    """Run from the working folder until told to stop. The first argument is the parent to end with, 0 for none."""
    if int(sys.argv[1]):
        processes.end_with(int(sys.argv[1]))
    try:
        Supervisor(Given.read(Path.cwd()), commands(*sys.argv[2:])).run()
    except RuntimeError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
