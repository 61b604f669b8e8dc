"""Acting as an ordinary user in a test that root runs."""

from __future__ import annotations

import encodings.idna  # noqa: F401 - loaded at first use otherwise, when the library can no longer be read
import os
import traceback
from collections.abc import Callable

import pytest

from storekeep.entry.embedded.processes import Account

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as somebody else")


def as_account(account: Account, call: Callable[[], None]) -> int:
    """Make the call as that user in a process of its own; its id. It ends with 0, or 1 after a traceback.

    Forked and not started anew: this interpreter may lie where the user could not run it.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # else pipes of other tests' helpers, a browser's for one, would stay open
        os.setsid()
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        call()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
