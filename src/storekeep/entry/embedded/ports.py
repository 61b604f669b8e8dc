"""TCP ports on this machine: whether one is free, and finding one that is."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `host:port` now. Ports in TIME_WAIT count as free, for servers may take them over."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


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
