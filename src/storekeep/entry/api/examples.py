"""An example value for a JSON schema: the field's own example where it has one, else a plausible value of its type."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]
_BY_FORMAT = {
    "uuid": "019a7f3e-5b7c-7d1e-8f00-c0ffee000001",
    "date-time": "2026-01-31T09:30:00.000Z",
    "date": "2026-01-31",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "password": "correct horse battery",
}
_MAX_DEPTH = 12


def example_of(schema: Json, models: Json, depth: int = 0) -> Any:
    """A value that fits `schema`; `models` are the document's component schemas, by name."""
    if depth > _MAX_DEPTH:
        return None
    for key in ("example", "const", "default"):
        if key in schema:
            return copy.deepcopy(schema[key])
    for key in ("examples", "enum"):
        if schema.get(key):
            return copy.deepcopy(schema[key][0])
    if "$ref" in schema:
        return example_of(models[schema["$ref"].rsplit("/", 1)[1]], models, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        options = [option for option in schema.get(key, []) if option.get("type") != "null"]
        if options:
            return example_of(options[0], models, depth + 1)
    return _by_type(schema, models, depth)


def _by_type(schema: Json, models: Json, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        filled = {name: example_of(field, models, depth + 1) for name, field in schema.get("properties", {}).items()}
        extra = schema.get("additionalProperties")
        return {"key": example_of(extra, models, depth + 1)} if isinstance(extra, dict) and not filled else filled
    if kind == "array":
        return [example_of(schema["items"], models, depth + 1)] if "items" in schema else []
    if kind == "integer":
        return max(int(schema.get("minimum", 1)), 1)
    if kind == "number":
        return 1.5
    if kind == "boolean":
        return True
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), "text")
    return None
