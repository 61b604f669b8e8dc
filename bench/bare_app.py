"""The baseline of the request rate: FastAPI, one route, one query by primary key through SQLAlchemy, nothing else."""

import os
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

address = os.environ["BARE_DATABASE_URL"].partition("?")[0].replace("postgresql://", "postgresql+asyncpg://")
engine = create_async_engine(address, pool_size=16)
app = FastAPI()


@app.get("/tenants/{tenant_id}")
async def read_tenant(tenant_id: UUID) -> dict[str, str]:
    """The tenant's name."""
    async with engine.connect() as connection:
        name = (await connection.execute(text("SELECT name FROM tenants WHERE id = :id"), {"id": tenant_id})).scalar_one()
    return {"id": str(tenant_id), "name": name}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False, log_level="warning")
