"""A span of each request, with the route's template and without its query; a layer of its own, there only while tracing is on."""

from __future__ import annotations

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storekeep.kit.text import one_line

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class TraceRequests:
    """Pure ASGI middleware; the outermost layer, so that everything below belongs to the span.

    The framework's own tracing is off: it writes query strings, where people's names and Shopify's codes travel.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tracer = trace.get_tracer("storekeep.web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace one request; a caller's `traceparent` becomes the parent."""
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        method: str = scope["method"]
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracer.start_as_current_span(
            method, context=propagate.extract(carrier), kind=SpanKind.SERVER, record_exception=False
        ) as span:

            async def note_status(message: Message) -> None:
                if message["type"] == "http.response.start":
                    status: int = message["status"]
                    span.set_attribute("http.response.status_code", status)
                    if status >= 500:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            span.set_attribute("http.request.method", method)
            span.set_attribute("url.path", one_line(scope["path"]))
            try:
                await self._app(scope, receive, note_status)
            finally:
                route = getattr(scope.get("route"), "path", None)
                if route is not None:
                    span.set_attribute("http.route", route)
                    span.update_name(f"{method} {route}")
