"""Traces reach a collector, without queries; metrics are counted by route."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from storekeep.kit.ids import uuid7
from storekeep.kit.scope import Scope
from storekeep.runtime.database import Database
from storekeep.runtime.telemetry import Metrics, start_tracing, trace_clients
from storekeep.runtime.web.tracing import TraceRequests


class Collector:
    """An OTLP/HTTP collector that keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        received = self.received

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever, daemon=True)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()


def test_without_a_collector_tracing_is_off() -> None:
    before = trace.get_tracer_provider()
    start_tracing(None, service="test", version="0")()
    assert trace.get_tracer_provider() is before


async def test_a_request_becomes_a_span_without_its_query(collector: Collector) -> None:
    flush = start_tracing(collector.address, service="storekeep-test", version="1.2.3")

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        scope["route"] = type("Route", (), {"path": "/api/things/{id}"})
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    layer = TraceRequests(app)
    # The provider of a process can be set once only; ask ours directly, whoever set the first.
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    transport = httpx.ASGITransport(layer)
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", verify=False) as client:
        await client.get("/api/things/7?q=ada@example.com", headers=headers)
        await client.get("/healthz")
    flush()
    (path, body), *rest = collector.received
    assert path == "/v1/traces"
    assert not rest
    for word in (b"storekeep-test", b"GET /api/things/{id}", b"/api/things/7", b"http.response.status_code"):
        assert word in body
    assert bytes.fromhex("0af7651916cd43dd8448eb211c80319c") in body
    assert b"ada@example.com" not in body
    assert b"healthz" not in body


async def test_outgoing_calls_and_statements_become_spans_without_secrets(collector: Collector, db: Database) -> None:
    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    kept = TracerProvider()
    kept.add_span_processor(SimpleSpanProcessor(exporter))
    monkey = pytest.MonkeyPatch()
    monkey.setattr(trace, "_TRACER_PROVIDER", kept)
    try:
        trace_clients(db.runtime_engine)
        async with httpx.AsyncClient(verify=False) as client:
            await client.post(f"{collector.address}/export?signature=very-secret", content=b"{}")
        async with db.tenant(Scope(tenant_id=uuid7())) as session:
            await session.execute(text("SELECT CAST(:v AS text)"), {"v": "very-secret"})
    finally:
        monkey.undo()
        HTTPXClientInstrumentor().uninstrument()
        SQLAlchemyInstrumentor().uninstrument()
    spans = exporter.get_finished_spans()
    shown = "\n".join(span.to_json() for span in spans)
    assert f"{collector.address}/export" in shown
    assert "SELECT CAST" in shown
    assert "very-secret" not in shown


def test_metrics_in_text() -> None:
    metrics = Metrics()
    metrics.observe_request("GET", "/x", 200, 0.02)
    metrics.observe_request("GET", "/x", 200, None)
    text = metrics.exposition().decode()
    assert 'storekeep_http_requests_total{method="GET",route="/x",status="200"} 2.0' in text
    assert 'storekeep_http_request_seconds_count{method="GET",route="/x"} 1.0' in text
    assert "process_resident_memory_bytes" in text
