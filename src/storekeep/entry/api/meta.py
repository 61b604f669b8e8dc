"""What the sign-in page must know before anybody has signed in."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.routes import strict_router
from storekeep.runtime.web.schemas import Read


class DemoRead(Read):
    """The public login of the embedded mode's demo tenant."""

    email: str = Field(examples=["owner@demo.storekeep.test"])
    password: str = Field(examples=["storekeep-demo"])


class MetaRead(Read):
    """Where this runs."""

    environment: str = Field(description="embedded, development or production", examples=["embedded"])
    version: str = Field(examples=["0.1.0"])
    demo: DemoRead | None = Field(description="The demo login; only in the embedded mode.")


def meta_router(config: WebConfig) -> APIRouter:
    """The router of GET /api/meta."""
    router = strict_router(prefix="/api/meta", tags=["meta"])
    answer = MetaRead(
        environment=config.environment,
        version=config.version,
        demo=None if config.demo is None else DemoRead(email=config.demo.email, password=config.demo.password),
    )

    @router.get("", summary="Where this runs", openapi_extra={"security": []})
    async def read_meta() -> MetaRead:
        """The environment and version, and in the embedded mode the demo login. Public."""
        return answer

    return router
