"""/docs and /openapi.json. The page is Swagger UI from a package, served by us: no address outside is ever asked."""

from __future__ import annotations

import json
from importlib.resources import as_file, files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from storekeep.kit.errors import NotFound
from storekeep.runtime.web.headers import content_security_policy
from storekeep.runtime.web.static import REVALIDATE, FileContent

_ASSETS = {"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Storekeep API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
# In a file of its own, because the policy lets no inline script run.
_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
"""


def docs_routes(app: FastAPI) -> list[BaseRoute]:
    """The routes of the documentation, none of them part of the schema they show."""
    kept: dict[str, FileContent] = {}
    policy = content_security_policy(style="'self' 'unsafe-inline'")  # Swagger UI makes style elements; scripts stay strict
    schema: list[bytes] = []

    async def page(request: Request) -> Response:
        headers = {"cache-control": REVALIDATE, "content-security-policy": policy}
        return Response(_PAGE, headers=headers, media_type="text/html")

    async def start(request: Request) -> Response:
        return Response(_START, headers={"cache-control": REVALIDATE}, media_type="text/javascript")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise NotFound()
        if name not in kept:
            with as_file(files("fastapi_swagger.resources") / name) as path:
                kept[name] = FileContent.read(path)
        return kept[name].response(request.scope, REVALIDATE)

    async def openapi(request: Request) -> Response:
        if not schema:
            schema.append(json.dumps(app.openapi()).encode())
        return Response(schema[0], headers={"cache-control": REVALIDATE}, media_type="application/json")

    return [
        Route("/openapi.json", openapi, include_in_schema=False),
        Route("/docs", page, include_in_schema=False),
        Route("/docs/start.js", start, include_in_schema=False),
        Route("/docs/{name}", asset, include_in_schema=False),
    ]
