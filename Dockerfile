# Three stages build, two run: `app` is the API, the worker and the migrations; `web` is Caddy with the page's files.

FROM node:22-bookworm-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.13-slim-bookworm AS packages
WORKDIR /app
RUN python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
COPY requirements/ requirements/
RUN python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements/uv.lock \
 && python -m uv pip install --require-hashes -r requirements/runtime.lock
# The project itself, used where it lies; what builds it is held to the lock too.
COPY pyproject.toml ./
COPY src/ src/
RUN python -m uv pip install --no-deps --build-constraints requirements/dev.lock --editable .

FROM python:3.13-slim-bookworm AS app
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin storekeep
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY alembic.ini ./
COPY migrations/ migrations/
COPY --from=packages /app/src src/
COPY --from=page /page/dist page/
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SPA_DIR=/app/page HOST=0.0.0.0
USER 10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "storekeep.entry.cli"]
CMD ["serve"]

FROM caddy:2 AS web
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY --from=page /page/dist /srv/page
