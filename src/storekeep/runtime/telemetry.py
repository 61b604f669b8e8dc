"""Metrics and traces: one Prometheus registry a process, and OpenTelemetry that is off until a collector is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

METRICS_TYPE = CONTENT_TYPE_LATEST
_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The process's registry. Other parts add collectors to `registry`; names start with `storekeep_`, units in them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "storekeep_http_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._counts: dict[tuple[str, str, int], Counter] = {}
        self._times: dict[tuple[str, str], Histogram] = {}
        self._seconds = Histogram(
            "storekeep_http_request_seconds",
            "Time from the request's headers to the end of the response; streams are not counted.",
            ("method", "route"),
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.streams = Gauge("storekeep_http_streams", "Live streams open in this process.", registry=self.registry)

    def observe_request(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """Count one request. `route` is the template, never the path, or the series would be endless; None skips the time."""
        # Asking for a labelled series takes longer than counting in it; there are as many as routes times statuses.
        count = self._counts.get((method, route, status))
        if count is None:
            count = self._counts[method, route, status] = self._requests.labels(method, route, str(status))
        count.inc()
        if seconds is None:
            return
        time = self._times.get((method, route))
        if time is None:
            time = self._times[method, route] = self._seconds.labels(method, route)
        time.observe(seconds)

    def exposition(self) -> bytes:
        """The registry in Prometheus' text format, of content type METRICS_TYPE."""
        return generate_latest(self.registry)


def start_tracing(endpoint: str | None, *, service: str, version: str) -> Callable[[], None]:
    """Send traces to the OTLP/HTTP collector at `endpoint` (its base address); None leaves tracing off and costs nothing.

    Returns what to call at shutdown: it flushes the last spans. The exporter's batches leave from its own thread.
    """
    if not endpoint:
        return lambda: None
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces")))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def trace_clients(*engines: AsyncEngine) -> None:
    """Make a span of each outgoing HTTP request, without its query, and of each statement on `engines`, without its values."""
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

    HTTPXClientInstrumentor().instrument(async_request_hook=_hide_query)
    sync_engines: list[Any] = [engine.sync_engine for engine in engines]
    # The package admits SQLAlchemy below 2.1 only; what it uses of it, engine events, is unchanged there (tests prove it).
    SQLAlchemyInstrumentor().instrument(engines=sync_engines, skip_dep_check=True)


async def _hide_query(span: Any, request: Any) -> None:
    # A signed address (an export's file) is as good as a password.
    for name in ("http.url", "url.full"):
        if name in (span.attributes or {}):
            span.set_attribute(name, str(request.url).partition("?")[0])
