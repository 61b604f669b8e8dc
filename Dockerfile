# Three stages build, two run: `app` is the API, the worker and the migrations; `web` is Caddy with the page's files.

FROM node:22-bookworm-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements/uv.lock requirements/runtime.lock ./
RUN python -m venv /opt/venv \
 && python -m pip install --no-cache-dir --require-hashes --no-deps -r uv.lock \
 && python -m uv pip install --python /opt/venv/bin/python --no-cache --compile-bytecode --require-hashes -r runtime.lock

FROM python:3.11-slim-bookworm AS app
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin storekeep
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY alembic.ini ./
COPY migrations/ migrations/
COPY src/ src/
COPY --from=page /page/dist page/
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app/src PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SPA_DIR=/app/page HOST=0.0.0.0
USER 10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "storekeep.entry.cli"]
CMD ["serve"]

FROM caddy:2 AS web
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY --from=page /page/dist /srv/page
