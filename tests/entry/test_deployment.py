"""The compose file, the image and the Caddy file: they parse, they fit the settings and the tree, and what can run here runs."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import yaml
from pydantic_core import PydanticUndefined

from storekeep.entry.embedded import binaries, ports, servers
from storekeep.entry.embedded.postgres import PostgresServer
from storekeep.runtime.settings import root
from storekeep.runtime.web.config import WebConfig
from storekeep.runtime.web.headers import security_headers
from storekeep.runtime.web.refusals import NotReady
from tests.entry.embedded.running import wait_for

TOP = Path(__file__).parents[2]
# Read by the programs around the product, not by its settings.
_FOREIGN = {"FORWARDED_ALLOW_IPS"}  # uvicorn: whose X-Forwarded-For is believed

needs_caddy = pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed")


def settings_variables(*, required: bool = False) -> set[str]:
    """The environment variables of the settings models; only those without a default if asked."""
    names = {"ENVIRONMENT"} if not required else set()
    for model in root.AREAS.values():
        for name, field in model.model_fields.items():
            if not required or (field.default is PydanticUndefined and field.default_factory is None):
                names.add(f"{model.model_config.get('env_prefix', '')}{name}".upper())
    return names


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The parsed compose file, anchors resolved."""
    parsed: dict[str, Any] = yaml.safe_load((TOP / "docker-compose.yml").read_text())
    return parsed


def test_compose_runs_every_part_of_the_product(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "redis", "migrate", "api", "worker", "web"}
    from storekeep.entry.cli.main import app

    commands = {command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands}
    for name in ("migrate", "api", "worker"):
        assert compose["services"][name]["command"][0] in commands


@pytest.mark.parametrize("service", ["migrate", "api", "worker"])
def test_compose_and_settings_know_the_same_variables(compose: dict[str, Any], service: str) -> None:
    given = set(compose["services"][service]["environment"])
    assert given - _FOREIGN <= settings_variables()
    assert settings_variables(required=True) <= given


def test_compose_satisfies_the_settings_of_production(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"ENCRYPTION_KEY": "A" * 43 + "=", "APP_URL": "https://shop.example", "SESSION_SECRET": "s" * 48}
    for name in settings_variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in compose["services"]["api"]["environment"].items():
        if value is not None:
            monkeypatch.setenv(name, re.sub(r"\$\{(\w+):\?[^}]*\}", lambda m: values.get(m[1], "secret"), value))
    settings = root.load_settings(env_file=None)
    assert settings.environment is root.Environment.PRODUCTION
    assert settings.database.owner_url is None, "only migrations own the tables"
    assert settings.secure


def test_only_migrations_get_the_owner_and_only_the_database_gets_its_superuser(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        text = str(service.get("environment", {}))
        assert ("storekeep_owner" in text) == (name == "migrate")
        assert ("POSTGRES_PASSWORD" in text) == (name == "postgres")


def test_every_path_the_compose_file_and_the_image_name_exists(compose: dict[str, Any]) -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", (TOP / "Dockerfile").read_text(), re.M))
    for service in compose["services"].values():
        if build := service.get("build"):
            assert (TOP / build["context"]).is_dir()
            assert build["target"] in stages
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (TOP / source).is_file() if source.startswith("./") else source in compose["volumes"]
    ignored = (TOP / ".dockerignore").read_text().splitlines()
    kept = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    for line in (TOP / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (TOP / source).exists(), source
                assert any(Path(source).is_relative_to(path) for path in kept), f"{source} is not in the build's context"


def test_the_example_names_what_compose_demands_and_nothing_unknown(compose: dict[str, Any]) -> None:
    example = set(re.findall(r"^# ([A-Z_]+)=", (TOP / ".env.example").read_text(), re.M))
    demanded = set(re.findall(r"\$\{(\w+):\?", (TOP / "docker-compose.yml").read_text()))
    assert demanded <= example
    assert example - demanded - settings_variables() == {"STOREKEEP_HOME", "DEMO_DATA"}


async def test_the_image_s_first_start_makes_the_roles(compose: dict[str, Any], tmp_path: Path) -> None:
    roles = {"storekeep_owner": "OWNER", "app_rt": "RUNTIME", "app_system": "SYSTEM"}
    passwords = {f"STOREKEEP_{role}_PASSWORD": f"{role.lower()} ' \" $ secret" for role in roles.values()}
    assert set(passwords) < set(compose["services"]["postgres"]["environment"])
    # A server of its own, for the roles of the run's server are everybody's.
    process, port = servers.start(PostgresServer(tmp_path / "postgres", "superuser", tmp_path / "postgres.log", fast=True))
    try:
        subprocess.run(
            [TOP / "deploy/postgres/10-roles.sh"],
            check=True,
            env={
                "PATH": f"{binaries.postgres_folder()}:/usr/bin:/bin",
                "PGHOST": "127.0.0.1",
                "PGPORT": str(port),
                "PGPASSWORD": "superuser",
                "POSTGRES_USER": "postgres",
                "POSTGRES_DB": "postgres",
                "ROLES_SQL": str(TOP / "src/storekeep/entry/embedded/roles.sql"),
                **passwords,
            },
        )
        for name, role in roles.items():
            password = passwords[f"STOREKEEP_{role}_PASSWORD"]
            as_role = await asyncpg.connect(host="127.0.0.1", port=port, user=name, password=password, database="postgres")
            assert await as_role.fetchval("SELECT current_user") == name
            await as_role.close()
    finally:
        process.stop()


@needs_caddy
def test_the_caddy_file_is_valid() -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(TOP / "deploy" / "Caddyfile")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert '"level":"warn"' not in checked.stderr


class _Upstream(http.server.BaseHTTPRequestHandler):
    """Stands where the API would: tells what it was asked."""

    def do_GET(self) -> None:
        if "away" in self.path:  # as when the API is being replaced
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = (
            f"{self.command} {self.path} from {self.headers['X-Forwarded-For']} by {self.headers['X-Forwarded-Proto']}".encode()
        )
        self.send_response(404 if self.path.startswith("/assets/") else 200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a running Caddy with our file, a page with one hashed script, and the upstream above."""
    folder = tmp_path_factory.mktemp("caddy")
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "assets" / "app-5f3a.js").write_text("export const word = 'storekeep';\n" * 200)
    upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    http_port, https_port = ports.pick(), ports.pick()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "HTTP_PORT": str(http_port),
        "HTTPS_PORT": str(https_port),
        "SITE_ADDRESS": "https://localhost",
        "PAGE_FOLDER": str(folder / "page"),
        "API_ADDRESS": f"127.0.0.1:{upstream.server_port}",
    }
    with (folder / "log").open("wb") as log:
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(TOP / "deploy" / "Caddyfile")]
        caddy = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    authority = folder / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    try:
        wait_for(authority.exists, "Caddy's certificate")
        wait_for(lambda: not ports.is_free(https_port), "Caddy to listen")
        trust = ssl.create_default_context(cafile=str(authority))
        with httpx.Client(base_url=f"https://localhost:{https_port}", verify=trust) as client:
            wait_for(lambda: _answers(client), "Caddy to answer")
            yield client
    finally:
        caddy.terminate()
        caddy.wait()
        upstream.shutdown()
        upstream.server_close()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


@needs_caddy
def test_hashed_files_are_compressed_and_kept_for_a_year_with_the_headers_of_every_answer(site: httpx.Client) -> None:
    answer = site.get("/assets/app-5f3a.js", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "server" not in answer.headers
    # Whatever the API puts on an answer that is no document stands here too.
    for name, value in security_headers(WebConfig(app_url="https://localhost")):
        if name not in (b"content-security-policy", b"permissions-policy", b"cache-control"):
            assert answer.headers[name.decode()] == value.decode()


@needs_caddy
def test_a_missing_hashed_file_is_not_kept(site: httpx.Client) -> None:
    answer = site.get("/assets/app-old.js")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@needs_caddy
@pytest.mark.parametrize(
    "path", ["/", "/orders", "/api/orders?limit=5", "/webhooks/shopify", "/docs", "/openapi.json", "/healthz", "/readyz"]
)
def test_the_rest_is_the_api_s_and_clients_cannot_forge_their_address(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers={"x-forwarded-for": "6.6.6.6"})
    assert answer.text in (f"GET {path} from 127.0.0.1 by https", f"GET {path} from ::1 by https")
    assert "server" not in answer.headers


@needs_caddy
def test_metrics_stay_inside(site: httpx.Client) -> None:
    # The API is asked for an address it does not have: its refusal is in the one format.
    assert site.get("/metrics").text.startswith("GET /api/nothing-here from ")


@needs_caddy
@pytest.mark.parametrize("path", ["/api/away", "/webhooks/away", "/away"])
def test_an_api_that_is_away_is_told_in_the_one_format(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/json")
    assert answer.headers["retry-after"] == "5"
    body = answer.json()
    assert body.keys() == {"error", "requestId", "timestamp"}
    error = body["error"]
    assert (error["code"], error["message"]) == (NotReady.code, NotReady.message)
    assert (error["details"], error["retryable"]) == ({}, True)
    assert re.fullmatch(r"req_[0-9a-f-]{36}", body["requestId"])
    assert abs(datetime.fromisoformat(body["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert_secured(answer)


@needs_caddy
def test_a_person_is_told_on_a_page(site: httpx.Client) -> None:
    answer = site.get("/orders/away", headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "Storekeep is starting" in answer.text
    assert_secured(answer)
    assert site.get("/api/away", headers={"accept": "text/html"}).json()["error"]["code"] == NotReady.code


def assert_secured(answer: httpx.Response) -> None:
    """The headers of every answer, made here since the API was not there to make them."""
    assert "server" not in answer.headers
    for name, value in security_headers(WebConfig(app_url="https://localhost")):
        if name != b"content-security-policy":
            assert answer.headers[name.decode()] == value.decode()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@needs_caddy
def test_http_2_is_spoken(site: httpx.Client) -> None:
    port = site.base_url.port
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])

    with (
        socket.create_connection(("localhost", int(port or 0))) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        assert tls.selected_alpn_protocol() == "h2"
