"""What operations answers over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from storekeep.runtime.jobs.models import JobState
from storekeep.runtime.web.schemas import Moment, Read


class JobRead(Read):
    """One piece of work in the background."""

    id: UUID
    kind: str = Field(examples=["commerce.sync"])
    state: JobState = Field(description="ready, leased (running), done, dead or cancelled.", examples=["done"])
    attempts: int = Field(description="How often it was begun.", examples=[1])
    crash_attempts: int = Field(description="How often the worker died over it.", examples=[0])
    run_at: Moment = Field(description="Not before this moment.")
    created_at: Moment
    updated_at: Moment
    last_error: dict[str, Any] | None = Field(
        description="`code` and `message` of what went wrong last.",
        examples=[{"code": "SHOPIFY_UNAVAILABLE", "message": "Shopify did not answer.", "stackHash": "9f2c1a7b30de"}],
    )
