"""Passwords: peppered, hashed with bcrypt in a bounded pool of threads, and compared with equal work for people who do not exist.

A password of any length counts to its last character: bcrypt reads 72 bytes, so it is given the base64 of
HMAC-SHA256(pepper, password) instead (raw digests may hold NUL, at which bcrypt stops). The pepper is derived from
SESSION_SECRET; beside each hash stands which pepper it was made with, so that a rotation costs no second bcrypt call.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from passlib.hash import bcrypt

from storekeep.domains.accounts.errors import SignInBusy

log = structlog.get_logger(__name__)

T = TypeVar("T")
DEFAULT_ROUNDS = 12
_MARK = "#"


class Passwords:
    """Hashes and checks passwords. `session_secret` and `previous` are SESSION_SECRET and SESSION_SECRET_PREVIOUS.

    A check costs a quarter of a second of one core at `rounds` 12, so at most `threads` run at once and `waiting` more queue;
    beyond that SignInBusy. `work` counts the bcrypt calls made.
    """

    def __init__(
        self,
        session_secret: str,
        previous: str | None = None,
        *,
        rounds: int = DEFAULT_ROUNDS,
        threads: int = 2,
        waiting: int = 128,
    ) -> None:
        current = _pepper(session_secret)
        self._current = _pepper_id(current)
        self._peppers = {self._current: current}
        if previous:
            older = _pepper(previous)
            self._peppers.setdefault(_pepper_id(older), older)
        self._rounds = rounds
        # A well-formed hash that belongs to no password: checking it is the same work as checking a real one.
        self._nobody = f"$2b${rounds:02d}${'.' * 53}"
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bcrypt")
        self._places = threads + waiting
        self.work = 0

    async def hash(self, password: str) -> str:
        """The text to store for `password`: bcrypt's own, then `#` and the pepper's id."""
        secret = _peppered(self._peppers[self._current], password)
        hashed = await self._in_thread(lambda: str(bcrypt.using(rounds=self._rounds, ident="2b").hash(secret)))
        return f"{hashed}{_MARK}{self._current}"

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made from `password`. One bcrypt call whatever the case, also for `stored` None: nobody."""
        hashed, _, pepper_id = (stored or "").partition(_MARK)
        pepper = self._peppers.get(pepper_id)
        if pepper is None and stored is not None:
            log.warning("password_pepper_unknown", pepper=pepper_id)
        known = pepper is not None
        secret = _peppered(pepper or self._peppers[self._current], password)
        against = hashed if known else self._nobody
        matched = await self._in_thread(lambda: bool(bcrypt.verify(secret, against)))
        return matched and known

    def is_outdated(self, stored: str) -> bool:
        """Whether the next occasion on which the password is known should hash it anew: an older pepper, or too little work."""
        hashed, _, pepper_id = stored.partition(_MARK)
        return pepper_id != self._current or int(bcrypt.from_string(hashed).rounds) < self._rounds

    def close(self) -> None:
        """Let the threads go; checks under way are finished."""
        self._threads.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._places == 0:
            raise SignInBusy(retry_after=2)
        self._places -= 1
        self.work += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._places += 1


def _pepper(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"storekeep password pepper", hashlib.sha256).digest()


def _pepper_id(pepper: bytes) -> str:
    return hashlib.sha256(b"id of " + pepper).hexdigest()[:8]


def _peppered(pepper: bytes, password: str) -> str:
    # NFC: the same keys pressed on another system may send the same characters composed differently (RFC 8265 §4.2).
    text = unicodedata.normalize("NFC", password).encode()
    return base64.b64encode(hmac.new(pepper, text, hashlib.sha256).digest()).decode()
