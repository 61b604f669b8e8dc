"""Every way into the product: each method of each route of the real app, with what it demands and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from storekeep.domains.accounts.guard import Permission, permissions_of, public_reason_of
from storekeep.domains.accounts.permissions import ROLE_PERMISSIONS
from storekeep.domains.accounts.public import Role

Json = dict[str, Any]
SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Param:
    """Something a door takes beside its body. `place` is path, query, header or cookie."""

    place: str
    name: str
    schema: Json


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one route. `body` is the JSON Schema of its body, None when it takes none."""

    method: str
    path: str
    route: Route
    params: tuple[Param, ...]
    body: Json | None
    streams: bool
    described: bool

    @property
    def key(self) -> str:
        """As people write it: `GET /api/orders`."""
        return f"{self.method} {self.path}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it demands; nothing for a public one."""
        return permissions_of(self.route)

    @property
    def reason(self) -> str | None:
        """Why a room made it public, None when no room did."""
        return public_reason_of(self.route)

    @property
    def unsafe(self) -> bool:
        """Whether its method may change something."""
        return self.method not in SAFE

    def admits(self, role: Role) -> bool:
        """Whether a member of that role may use it."""
        return self.permissions <= ROLE_PERMISSIONS[role]

    def named(self, place: str) -> list[Param]:
        """Its parameters in that place."""
        return [param for param in self.params if param.place == place]

    def fields(self) -> dict[str, Json]:
        """The fields of its body, each with its schema."""
        return dict((self.body or {}).get("properties", {}))


def doors(app: FastAPI) -> list[Door]:
    """Every door of the app, in the order of its routes."""
    schema = app.openapi()
    return [
        _door(route, method, schema)
        for route in app.router.routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        if not (method == "HEAD" and "GET" in (route.methods or ()))
    ]


def tenant_doors(app: FastAPI) -> list[Door]:
    """The doors that demand a permission."""
    return [door for door in doors(app) if door.permissions]


def _door(route: Route, method: str, schema: Json) -> Door:
    operation: Json = schema["paths"].get(route.path, {}).get(method.lower(), {})
    models: Json = schema["components"]["schemas"]
    params = tuple(
        Param(given["in"], given["name"], resolved(given["schema"], models)) for given in operation.get("parameters", [])
    )
    content: Json = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers: Json = operation.get("responses", {}).get("200", {}).get("content", {})
    return Door(
        method,
        route.path,
        route,
        params,
        resolved(content["schema"], models) if content else None,
        streams="text/event-stream" in answers,
        described=bool(operation) or not isinstance(route, APIRoute) or not route.include_in_schema,
    )


def resolved(schema: Any, models: Json) -> Any:
    """The schema with every reference replaced by what it refers to; bodies are trees, so this ends."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolved(models[schema["$ref"].rsplit("/", 1)[1]] | {k: v for k, v in schema.items() if k != "$ref"}, models)
        return {key: resolved(value, models) for key, value in schema.items()}
    if isinstance(schema, list):
        return [resolved(item, models) for item in schema]
    return schema


def formats(schema: Json) -> set[str]:
    """Every `format` a value of this schema may have, arrays and alternatives included."""
    found = {schema["format"]} if "format" in schema else set()
    for key in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(key, []):
            found |= formats(option)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found |= formats(schema[key])
    for field in schema.get("properties", {}).values():
        found |= formats(field)
    return found
