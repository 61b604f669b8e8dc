"""The indexed search finds exactly the route that trying one after the other would find."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route

from storekeep.kit.errors import NotFound
from storekeep.runtime.web.dispatch import Dispatch
from storekeep.runtime.web.refusals import MethodNotAllowed

SEGMENT = st.sampled_from(["api", "orders", "x", "{id}", "{other}", "1"])
PATTERN = st.lists(SEGMENT, min_size=0, max_size=4).map(lambda parts: "/" + "/".join(parts))
METHODS = st.sampled_from([("GET",), ("POST",), ("GET", "POST"), ("DELETE",)])


async def _endpoint(request: Request) -> Response:
    return PlainTextResponse("")


async def _no_lifespan(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("not asked for here")


def _distinct(pattern: str) -> bool:
    names = [part for part in pattern.split("/") if part.startswith("{")]
    return len(names) == len(set(names))


class Recorder:
    """Runs a dispatch and notes which route it chose."""

    def __init__(self, routes: list[Route]) -> None:
        self.chosen: list[tuple[Route, dict[str, str]]] = []
        for route in routes:
            route.app = self._app(route)
        self.dispatch = Dispatch(routes, _no_lifespan)

    def _app(self, route: Route) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.chosen.append((route, scope["path_params"]))

        return app

    def find(self, method: str, path: str) -> Any:
        scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
        try:
            asyncio.run(self.dispatch(scope, None, None))  # type: ignore[arg-type]
        except (NotFound, MethodNotAllowed) as error:
            return type(error)
        route, params = self.chosen[-1]
        return route, params


def expected(routes: list[Route], method: str, path: str) -> Any:
    partial = False
    for route in routes:
        match, child = route.matches({"type": "http", "method": method, "path": path, "root_path": ""})
        if match is Match.FULL:
            return route, child["path_params"]
        partial = partial or match is Match.PARTIAL
    return MethodNotAllowed if partial else NotFound


@settings(max_examples=150, deadline=None)
@given(
    declared=st.lists(st.tuples(PATTERN.filter(_distinct), METHODS), min_size=1, max_size=8),
    path=st.lists(st.sampled_from(["api", "orders", "x", "1", "", "zz"]), max_size=5).map(lambda parts: "/" + "/".join(parts)),
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT"]),
)
def test_it_agrees_with_the_linear_search(declared: list[tuple[str, tuple[str, ...]]], path: str, method: str) -> None:
    routes = [Route(pattern, _endpoint, methods=list(methods)) for pattern, methods in declared]
    assert Recorder(routes).find(method, path) == expected(routes, method, path)


async def test_head_uses_get_and_a_refusal_lists_all_methods() -> None:
    routes: list[BaseRoute] = [Route("/a/{x}", _endpoint, methods=["PATCH"]), Route("/a/{y}", _endpoint, methods=["POST"])]
    dispatch = Dispatch(routes, _no_lifespan)
    with pytest.raises(MethodNotAllowed) as caught:
        await dispatch({"type": "http", "method": "GET", "path": "/a/1"}, None, None)  # type: ignore[arg-type]
    assert caught.value.headers == ((b"allow", b"PATCH, POST"),)


def test_only_flat_text_routes() -> None:
    with pytest.raises(TypeError, match="listed flat"):
        Dispatch([Mount("/x", routes=[])], _no_lifespan)
    with pytest.raises(TypeError, match="declare the type"):
        Dispatch([Route("/x/{n:int}", _endpoint)], _no_lifespan)
