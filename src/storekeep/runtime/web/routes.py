"""How a room declares routes: `strict_router`, whose routes read strict JSON, have stable ids and document their refusals."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from enum import Enum
from typing import Any

from fastapi import APIRouter, params
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from storekeep.kit.errors import RETRYABLE_KINDS, AppError
from storekeep.runtime.web import strict_json
from storekeep.runtime.web.problems import STATUS
from storekeep.runtime.web.refusals import UnsupportedMediaType


class StrictRoute(APIRoute):
    """A route whose JSON body is read by `strict_json` before FastAPI sees it; a body of another type is a 415."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI builds, behind the strict reading where the route takes a JSON body."""
        handle = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, params.Form):
            return handle

        async def handle_strictly(request: Request) -> Response:
            body = await request.body()
            if body:
                if not _is_json(request.headers.get("content-type", "")):
                    raise UnsupportedMediaType()
                # FastAPI asks the request for `json()`; Starlette answers from here when the value is known already.
                request._json = strict_json.parse(body)
            return await handle(request)

        return handle_strictly


def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        return False
    name, _, charset = parameters.strip().lower().partition("=")
    return name != "charset" or charset.strip('" ') in ("utf-8", "utf8")


def operation_id(route: APIRoute) -> str:
    """The route function's name in camelCase: `list_orders` -> `listOrders`. Names of generated client functions hang on it."""
    head, *rest = route.name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def strict_router(
    *, prefix: str = "", tags: Sequence[str | Enum] = (), dependencies: Sequence[params.Depends] = (), **options: Any
) -> APIRouter:
    """A router whose routes are StrictRoutes. `prefix` starts with /api/ or /webhooks/; `tags` name the room in the docs."""
    return APIRouter(
        prefix=prefix,
        tags=list(tags),
        dependencies=list(dependencies),
        route_class=StrictRoute,
        generate_unique_id_function=operation_id,
        **options,
    )


def refusals(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may refuse with these errors, so that the docs and the client know their codes."""
    by_status: dict[int, list[type[AppError]]] = {}
    for error in errors:
        by_status.setdefault(getattr(error, "status", None) or STATUS[error.kind], []).append(error)
    return {
        status: {
            "description": "; ".join(f"`{error.code}`: {error.message}" for error in group),
            "x-codes": [error.code for error in group],
            # The documentation makes the response's example of it and drops it.
            "x-first": {"code": group[0].code, "message": group[0].message, "retryable": group[0].kind in RETRYABLE_KINDS},
        }
        for status, group in by_status.items()
    }
