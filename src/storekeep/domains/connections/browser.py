"""Routes a browser is sent to by a link or by Shopify: their refusals are shown on a page of ours, not as JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from storekeep.runtime.web.exchange import request_id_of
from storekeep.runtime.web.problems import problem_of

log = structlog.get_logger(__name__)
STORES_PAGE = "/settings/stores"


def show_refusals_on_a_page(router: APIRouter) -> None:
    """Let the routes added to `router` from now on answer a browser's failures with a redirect to the stores page.

    The page gets `error` (the code) and `requestId`. Whoever does not ask for HTML gets the JSON error as everywhere. The
    routes stay of the kind the router makes, so what guards them guards them still.
    """
    kind: Any = router.route_class

    class BrowserRoute(kind):  # type: ignore[misc] # the base is whatever kind the router makes
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """The handler of the kind, with refusals turned into redirects."""
            handle = super().get_route_handler()

            async def handle_for_browsers(request: Request) -> Response:
                try:
                    response: Response = await handle(request)
                except Exception as error:
                    if "text/html" not in request.headers.get("accept", ""):
                        raise
                    return _redirect(request, error)
                return response

            return handle_for_browsers

    router.route_class = BrowserRoute


def _redirect(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.unexpected:
        log.error("request_failed", code=problem.code, exc_info=error)
    else:
        log.info("request_refused", code=problem.code)
    query = urlencode({"error": problem.code, "requestId": request_id_of(request)})
    return RedirectResponse(f"{STORES_PAGE}?{query}", status_code=302, headers={"cache-control": "no-store"})
