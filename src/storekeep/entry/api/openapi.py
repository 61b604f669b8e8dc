"""The contract as OpenAPI: FastAPI's schema, plus the one error body, the session cookie and an example for every answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from storekeep.entry.api.examples import example_of
from storekeep.runtime.web.config import WebConfig

Json = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_PROBLEM: Json = {
    "title": "Problem",
    "type": "object",
    "description": "What every answer that is not a success looks like. `code` is stable; `message` is fit for a person.",
    "required": ["error", "requestId", "timestamp"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "retryable"],
            "properties": {
                "code": {
                    "type": "string",
                    "examples": ["NOT_FOUND"],
                    "description": "SCREAMING_SNAKE; listed in docs/errors.md.",
                },
                "message": {"type": "string", "examples": ["There is no such thing here."]},
                "details": {"type": "object", "additionalProperties": True, "examples": [{}]},
                "retryable": {
                    "type": "boolean",
                    "examples": [False],
                    "description": "Whether the same request may succeed later.",
                },
            },
        },
        "requestId": {"type": "string", "examples": ["019a7f3e5b7c7d1e8f00c0ffee000001"]},
        "timestamp": {"type": "string", "format": "date-time", "examples": ["2026-01-31T09:30:00.000Z"]},
    },
}
# Status: what it means in general, and the code and message most seen with it.
_COMMON = {
    "400": ("The request cannot be read: not JSON, not text, or malformed.", "MALFORMED_JSON", "The body is not valid JSON."),
    "401": ("Nobody is signed in, or the session has ended.", "AUTH_REQUIRED", "Please sign in."),
    "403": (
        "The member's role does not allow this, or the request did not come from Storekeep's own pages.",
        "PERMISSION_DENIED",
        "Your role does not allow this.",
    ),
    "404": (
        "There is no such thing here, or it belongs to another tenant.",
        "NOT_FOUND",
        "There is no such thing here.",
    ),
    "422": (
        "Some of what was sent is not valid; `details.fields` says what.",
        "VALIDATION_FAILED",
        "Some of what was sent is not valid.",
    ),
    "429": (
        "Too many requests; `Retry-After` says how long to wait.",
        "RATE_LIMITED",
        "Too many requests. Please wait a moment.",
    ),
    "default": ("Any other error.", "INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
}


def build_openapi(app: FastAPI, config: WebConfig) -> Json:
    """The document of /openapi.json: OpenAPI 3.1, kept after the first call."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schema["servers"] = [{"url": "/"}]
        schema["security"] = [{"session": []}]
        components = schema.setdefault("components", {})
        components["securitySchemes"] = {
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": config.cookie_name,
                "description": "Set by login and sign-up. Unsafe methods need `Sec-Fetch-Site: same-origin` or our `Origin` too.",
            }
        }
        models = components.setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            models.pop(unused, None)
        models["Problem"] = _PROBLEM
        for operation in operations(schema):
            _document_problems(operation)
            _give_examples(operation, models)
        app.openapi_schema = schema
    return app.openapi_schema


def operations(schema: Json) -> Iterator[Json]:
    """Every operation of a document, in its order."""
    for item in schema.get("paths", {}).values():
        for method in _METHODS:
            if method in item:
                yield item[method]


def undocumented(schema: Json) -> list[str]:
    """One line for each thing an operation should say and does not: summary, description, tag, response example."""
    gaps: list[str] = []
    for operation in operations(schema):
        name = operation.get("operationId", "?")
        gaps += [f"{name}: no {part}" for part in ("summary", "description", "tags") if not operation.get(part)]
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                if "example" not in content and "text/" not in str(response.get("content")):
                    gaps.append(f"{name}: no example for {status}")
    return gaps


def _document_problems(operation: Json) -> None:
    responses: Json = operation["responses"]
    public = operation.get("security") == []
    parameters = operation.get("parameters", [])
    takes_input = bool(parameters) or "requestBody" in operation
    wanted = {"default"}
    if "requestBody" in operation:
        wanted.add("400")
    if takes_input:
        wanted.add("422")
    else:
        responses.pop("422", None)
    if not public:
        wanted |= {"401", "403", "429"}
    if any(parameter["in"] == "path" for parameter in parameters):
        wanted.add("404")
    for status in wanted:
        # FastAPI documents 422 by itself, with its own body; only what the room declared stands.
        if "x-codes" not in responses.get(status, {}):
            description, code, message = _COMMON[status]
            first = {"code": code, "message": message, "retryable": status == "429"}
            responses[status] = {"description": description, "x-first": first}
    for status, response in responses.items():
        if not status.startswith(("2", "3")):
            body = example_of(_PROBLEM, {})
            body["error"] |= response.pop("x-first", {})
            response["content"] = {"application/json": {"schema": _PROBLEM_REF, "example": body}}


def _give_examples(operation: Json, models: Json) -> None:
    bodies = [*operation["responses"].values()]
    if "requestBody" in operation:
        bodies.append(operation["requestBody"])
    for body in bodies:
        if body.get("content") == {"application/json": {"schema": {}}}:
            del body["content"]  # FastAPI's word for a response whose shape it does not know: a file, a stream, nothing
        for content in body.get("content", {}).values():
            schema = content.get("schema")
            if not schema or "example" in content or "examples" in content:
                continue
            content["example"] = example_of(schema, models)
