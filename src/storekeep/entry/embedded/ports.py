"""TCP ports on this machine: whether one is free, and finding one that is."""

from __future__ import annotations

import errno
import socket

LOOPBACK = "127.0.0.1"


def obstacle(port: int, host: str = LOOPBACK) -> str | None:
    """Why no server could listen on `host:port` now, in words that follow the port's number; None when one could.

    Ports in TIME_WAIT are no obstacle, for servers may take them over.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return "may be opened by root only"
        except OSError as error:
            return "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be opened: {error.strerror}"
    return None


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `host:port` now."""
    return obstacle(port, host) is None


def pick(avoid: frozenset[int] = frozenset()) -> int:
    """A free loopback port chosen by the system, none of `avoid`. Another program may take it first: callers try again."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in avoid:
            return port


def wanted_or_free(wanted: int | None, avoid: frozenset[int] = frozenset()) -> int:
    """`wanted` if it is free and not to be avoided, else another free port."""
    return wanted if wanted is not None and wanted not in avoid and is_free(wanted) else pick(avoid)
