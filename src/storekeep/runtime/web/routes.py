"""How a room declares routes: `strict_router`, whose routes take strict JSON and declared parameters, and document refusals."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from enum import Enum
from typing import Any, TypeVar

from fastapi import APIRouter, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from storekeep.kit.errors import RETRYABLE_KINDS, AppError, InvalidInput
from storekeep.kit.text import one_line
from storekeep.runtime.web import strict_json
from storekeep.runtime.web.problems import STATUS
from storekeep.runtime.web.refusals import UnsupportedMediaType

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])
_OPEN_QUERY = "takes_any_query"
_MAX_NAMED = 50


def takes_any_query(endpoint: _Endpoint) -> _Endpoint:
    """Mark a route function whose query somebody else writes and signs, and may add to: nothing in it is refused unknown."""
    setattr(endpoint, _OPEN_QUERY, True)
    return endpoint


class StrictRoute(APIRoute):
    """A route whose JSON body is read by `strict_json` before FastAPI sees it; a body of another type is a 415.

    A query parameter it does not declare is a 422: left out of account, a mistyped filter would answer with everything.
    """

    def get_route_handler(self) -> _Handler:
        """The handler FastAPI builds, behind the strict reading of the query and, where the route takes a JSON body, of that."""
        handle = self._reading_body(super().get_route_handler())
        if getattr(self.endpoint, _OPEN_QUERY, False):
            return handle
        known = frozenset(field.alias for field in get_flat_params(self.dependant) if isinstance(field.field_info, params.Query))

        async def handle_known(request: Request) -> Response:
            if request.scope["query_string"]:
                _refuse_unknown(request, known)
            return await handle(request)

        return handle_known

    def _reading_body(self, handle: _Handler) -> _Handler:
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


def _refuse_unknown(request: Request, known: frozenset[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        said = {"type": "extra_forbidden", "message": "There is no such parameter here"}
        raise InvalidInput(details={"fields": [{"path": one_line(name, 100)} | said for name in unknown[:_MAX_NAMED]]})


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
