"""The web layer's own services, put where routes and jobs find them."""

from __future__ import annotations

from redis.asyncio import Redis

from storekeep.runtime.cache import TenantCache
from storekeep.runtime.live import LiveHub, LiveNews
from storekeep.runtime.ratelimit import SlidingWindow
from storekeep.runtime.services import Services
from storekeep.runtime.telemetry import Metrics
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.cookies import SessionCookie
from storekeep.runtime.web.limits import RateClasses, RequestLimits


def provide_web(services: Services, config: WebConfig, redis: Redis) -> None:
    """Register WebConfig, SessionCookie, RequestLimits, Metrics, LiveHub, LiveNews and TenantCache.

    A worker needs only LiveNews and TenantCache; registering the rest there is harmless.
    """
    services.provide(WebConfig, config)
    services.provide(SessionCookie, SessionCookie(config))
    services.provide(RequestLimits, RequestLimits(SlidingWindow(redis), RateClasses.of(config.api_limit_per_minute)))
    services.provide(Metrics, Metrics())
    services.provide(LiveHub, LiveHub(redis))
    services.provide(LiveNews, LiveNews(redis))
    services.provide(TenantCache, TenantCache(redis))
