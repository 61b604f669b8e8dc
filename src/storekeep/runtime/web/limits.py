"""Rate limits of the API: classes of requests, the headers that tell them, and the 429."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from storekeep.runtime.ratelimit import SlidingWindow, Verdict, WhenAway
from storekeep.runtime.web.exchange import exchange_of
from storekeep.runtime.web.refusals import RateLimited


@dataclass(frozen=True, slots=True)
class RateClass:
    """`quota` requests within any `window_s` seconds for one subject; `name` is what the headers call it."""

    name: str
    quota: int
    window_s: int = 60
    when_away: WhenAway = WhenAway.OPEN


@dataclass(frozen=True, slots=True)
class RateClasses:
    """The classes of a deployment: `api` for ordinary requests, `live` for streams, presence and drafts, ticking alone."""

    api: RateClass
    live: RateClass

    @classmethod
    def of(cls, api_per_minute: int) -> RateClasses:
        """`live` is six times as wide: ten minutes of keyboard work must not meet a 429."""
        return cls(api=RateClass("api", api_per_minute), live=RateClass("live", api_per_minute * 6))


class RequestLimits:
    """Counts a request and writes RateLimit headers on its response, whatever the response becomes."""

    def __init__(self, window: SlidingWindow, classes: RateClasses) -> None:
        self._window = window
        self.classes = classes

    async def spend(self, request: HTTPConnection, rate: RateClass, subject: str) -> None:
        """Count one request of `subject` (a user's id, or an address) against `rate`.

        Raises RateLimited when the quota is used up; a refused request is not counted. Headers as in
        draft-ietf-httpapi-ratelimit-headers (structured fields).
        """
        verdict = await self._window.hit(f"{rate.name}:{subject}", rate.quota, rate.window_s, when_away=rate.when_away)
        exchange_of(request).extra_headers.extend(
            [
                (b"ratelimit-policy", f'"{rate.name}";q={rate.quota};w={rate.window_s}'.encode("ascii")),
                (b"ratelimit", f'"{rate.name}";r={verdict.remaining};t={_seconds(verdict)}'.encode("ascii")),
            ]
        )
        if not verdict.allowed:
            raise RateLimited(details={"class": rate.name, "limit": rate.quota}, retry_after=_seconds(verdict))


def _seconds(verdict: Verdict) -> int:
    return max(1, -int(-verdict.reset_after // 1))


def address_of(request: HTTPConnection) -> str:
    """The client's address as the server knows it: behind a trusted proxy the forwarded one, "unknown" over a pipe."""
    return request.client.host if request.client is not None else "unknown"
