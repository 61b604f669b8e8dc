"""The GraphQL door over HTTP: who may enter, what the bucket allows, and the shapes of refusals."""

from __future__ import annotations

import math
import re
import uuid
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from storekeep.kit import clock
from storekeep.sandbox.faults import Fault
from storekeep.sandbox.faulty import answer
from storekeep.sandbox.shopify import engine
from storekeep.sandbox.shopify.answer_root import API_VERSIONS
from storekeep.sandbox.shopify.fields import Context
from storekeep.sandbox.shopify.oauth import INVALID_TOKEN
from storekeep.sandbox.shopify.partial import count_wrong, lose_part

if TYPE_CHECKING:
    from storekeep.sandbox.shopify.shop import Shop
    from storekeep.sandbox.world import World

_OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")
_SHOP_ERRORS = {402: "Unavailable Shop", 403: "Forbidden", 404: "Not Found", 423: "Locked: this shop is unavailable"}
_LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


def served_version(asked: str) -> str | None:
    """The version a path's version is served with: a retired one falls forward to the oldest, an unknown one is None."""
    if asked in (*API_VERSIONS, "unstable"):
        return asked
    if re.fullmatch(r"20\d\d-(01|04|07|10)", asked) and asked < API_VERSIONS[0]:
        return API_VERSIONS[0]
    return None


def _error(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)


async def endpoint(world: World, domain: str, asked_version: str, request: Request) -> Response:
    """Answers one POST to graphql.json, with the headers every answer carries, and notes it in the request log."""
    began = clock.now()
    body = await _body(request)
    query = str(body.get("query", "")) if body else ""
    named = body.get("operationName") if body else None
    match = _OPERATION.search(query)
    operation = str(named) if named else match[1] if match else None
    entry = world.log.add(
        at=began.isoformat(),
        kind="graphql",
        shop=domain,
        path=request.url.path,
        operation=operation,
        query=query[:4000],
        variables=(body or {}).get("variables"),
        status=None,
        fault=None,
        code=None,
    )
    fault = world.faults.strike("graphql", domain, f"{operation or ''} {query}") if query else None
    entry["fault"] = fault.kind if fault else None

    async def produce() -> Response:
        return _serve(world, domain, asked_version, request, body, fault, entry)

    response = await answer(fault, request, produce)
    response.headers["x-request-id"] = str(uuid.uuid4())
    version = served_version(asked_version)
    if version:
        response.headers["x-shopify-api-version"] = version
    entry["status"] = response.status_code
    entry["ms"] = round((clock.now() - began).total_seconds() * 1000, 1)
    return response


async def _body(request: Request) -> dict[str, Any] | None:
    try:
        value = orjson.loads(await request.body())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _serve(
    world: World,
    domain: str,
    asked_version: str,
    request: Request,
    body: dict[str, Any] | None,
    fault: Fault | None,
    entry: dict[str, Any],
) -> Response:
    version = served_version(asked_version)
    if not world.has(domain) or version is None:
        return _json({"errors": "Not Found"}, 404)
    shop = world.shop(domain)
    if shop.manners.status:
        status = shop.manners.status
        return _json({"errors": _SHOP_ERRORS.get(status, "Unavailable")}, status)
    grant = world.tokens.find(domain, request.headers.get("x-shopify-access-token", ""))
    if grant is None or "authorization" in request.headers:
        return _json({"errors": INVALID_TOKEN}, 401)
    entry["app"] = grant.app
    entry["token"] = grant.access[-6:]
    if body is None:
        return _json({"errors": "Bad Request: the body is not a JSON object"}, 400)
    if not isinstance(body.get("query"), str) or not body["query"].strip():
        return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
    variables = {} if body.get("variables") is None else body["variables"]
    if not isinstance(variables, dict):
        return _json({"errors": {"variables": "must be an object"}}, 400)
    scopes = frozenset(grant.scopes) - (frozenset() if shop.manners.history else {"read_all_orders"})
    context = shop.context(grant.app, scopes, version)
    return _execute(world, shop, context, body["query"], variables, body.get("operationName"), fault, entry)


def _execute(
    world: World,
    shop: Shop,
    context: Context,
    query: str,
    variables: dict[str, Any],
    name: str | None,
    fault: Fault | None,
    entry: dict[str, Any],
) -> Response:
    prepared = engine.prepare(query)
    if prepared.errors:
        entry["code"] = (prepared.errors[0].extensions or {}).get("code")
        return _json({"errors": [_error(e) for e in prepared.errors]})
    operation = prepared.operation(name)
    plan, bucket = prepared.plans[operation], shop.bucket(context.app)
    cost = plan.requested(variables, prepared.defaults[operation])
    if cost > world.config.max_query_cost:
        entry["code"] = "MAX_COST_EXCEEDED"
        limit = world.config.max_query_cost
        message = f"Query cost is {cost}, which exceeds the single query max cost limit ({limit})."
        details = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": limit, "documentation": _LIMITS_PAGE}
        return _json({"errors": [{"message": message, "extensions": details}]})
    if fault and fault.kind == "throttled":
        bucket.drain()
    if bucket.available() < cost:
        entry["code"] = "THROTTLED"
        refusal = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": _LIMITS_PAGE}}
        return _json({"errors": [refusal], "extensions": {"cost": _cost(cost, None, bucket.status())}})
    result = engine.run(context, prepared, variables, name)
    actual = plan.actual(result.data)
    bucket.take(actual)
    answered: dict[str, Any] = {}
    if result.data is not None or result.errors is None or any(e.path for e in result.errors):
        answered["data"] = result.data
    if result.errors:
        answered["errors"] = [_error(e) for e in result.errors]
        entry["code"] = (result.errors[0].extensions or {}).get("code")
    answered["extensions"] = {"cost": _cost(cost, actual, bucket.status())}
    if context.search:
        answered["extensions"]["search"] = context.search
    if fault and fault.kind == "partial":
        lose_part(answered)
    if fault and fault.kind == "wrong_count":
        count_wrong(answered)
    return _json(answered)


def _cost(requested: int, actual: int | None, status: dict[str, float]) -> dict[str, Any]:
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": None if actual is None else math.ceil(actual),
        "throttleStatus": status,
    }
