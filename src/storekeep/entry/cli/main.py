"""The commands of `storekeep`. Each imports what it runs only when it is called, so that every command starts fast."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="storekeep",
    help="Support and insight for Shopify merchants.",
    no_args_is_help=True,
    add_completion=False,
    # Plain text: these lines go to logs more often than to terminals, and a traceback with locals may show secrets.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Within the block an error of these kinds is told in its own words and ends the program with 1, without a traceback."""
    from storekeep.runtime.settings import SettingsRefused

    expected: tuple[type[Exception], ...] = (SettingsRefused, *kinds)
    try:
        yield
    except expected as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def up(
    with_parent: Annotated[int, typer.Option(help="Stop when this process, which started us, ends.", hidden=True)] = 0,
) -> None:
    """Run everything on this machine, databases included, and stay in the foreground until Ctrl-C."""
    from storekeep.entry.embedded import processes
    from storekeep.entry.embedded.environment import BadSetting, Given
    from storekeep.entry.embedded.home import HomeUnusable
    from storekeep.entry.embedded.keeper import KeepsStopping
    from storekeep.entry.embedded.servers import ServerFailed
    from storekeep.entry.embedded.supervisor import StartFailed, Supervisor
    from storekeep.entry.embedded.unprivileged import NoAccount

    if with_parent:
        processes.end_with(with_parent)
    with refusals(BadSetting, HomeUnusable, KeepsStopping, NoAccount, ServerFailed, StartFailed):
        Supervisor(Given.read(Path.cwd())).run()


@app.command()
def serve() -> None:
    """Run the API."""
    from storekeep.entry.api.main import main

    with refusals():
        main()


@app.command()
def worker() -> None:
    """Run a worker. Any number may run."""
    from storekeep.entry.worker.main import main

    with refusals():
        main()


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision, as its owner (DATABASE_OWNER_URL)."""
    from storekeep.entry.cli.migrate import migrate_database
    from storekeep.runtime.settings import load_settings

    with refusals():
        migrate_database(load_settings())


@app.command()
def openapi() -> None:
    """Print the API's description (OpenAPI, JSON). Needs no settings and connects to nothing."""
    import json

    from storekeep.entry.api.main import openapi_app
    from storekeep.entry.cli.surroundings import settings_for_description

    # Sorted, for the framework orders responses differently from run to run.
    json.dump(openapi_app(settings_for_description()).openapi(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt every stored token with ENCRYPTION_KEY that is still encrypted with ENCRYPTION_KEY_PREVIOUS, while serving."""
    from storekeep.entry.cli.rotate_keys import rotate
    from storekeep.entry.cli.surroundings import settings_here

    with refusals():
        if not rotate(settings_here(), typer.echo):
            raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Make the demo tenants in the running product and wait until their shops are imported."""
    import asyncio

    from storekeep.entry.cli.demo import DemoFailed, remember, seed
    from storekeep.runtime.settings import load_settings
    from storekeep.runtime.web.config import origin_of

    with refusals(DemoFailed):
        settings = load_settings()
        web = settings.web
        seed(f"http://127.0.0.1:{web.port}", origin_of(web.public_url), full=settings.demo.demo_full, say=typer.echo)
        asyncio.run(remember(settings.redis.url.get_secret_value(), full=settings.demo.demo_full))


@app.command()
def sandbox(
    state: Annotated[Path, typer.Option(envvar="SANDBOX_STATE", help="Where tokens, edits and result files are kept.")],
    port: Annotated[int, typer.Option(envvar="SANDBOX_PORT", help="The loopback port it listens on.")] = 8100,
    api_key: Annotated[str, typer.Option(envvar="SHOPIFY_API_KEY", help="Client id of the app it knows.")] = "storekeep-dev-key",
    api_secret: Annotated[str, typer.Option(envvar="SHOPIFY_API_SECRET", help="Its secret.")] = "storekeep-dev-secret",  # noqa: S107
    control_key: Annotated[str, typer.Option(envvar="SANDBOX_CONTROL_KEY", help="Opens /control; shut without it.")] = "",
    app_url: Annotated[str, typer.Option(envvar="APP_URL", help="Where it may send people back to, besides loopback.")] = "",
    full: Annotated[bool, typer.Option(envvar="DEMO_FULL", help="Serve the whole Online Retail year.")] = False,
    data: Annotated[Path | None, typer.Option(envvar="DEMO_DATA", help="The year's file, online_retail.csv.gz.")] = None,
) -> None:
    """Run the stand-in for Shopify."""
    from storekeep.entry.cli.demo_data import DataMissing, full_year
    from storekeep.sandbox.config import LOOPBACK_CALLBACKS, App, SandboxConfig
    from storekeep.sandbox.server import serve

    callbacks = (*LOOPBACK_CALLBACKS, *([f"{app_url.rstrip('/')}/api/shopify/callback"] if app_url else []))
    with refusals(DataMissing):
        serve(
            SandboxConfig(
                state_dir=state,
                port=port,
                apps=(App(api_key, api_secret, redirect_uris=callbacks),),
                control_key=control_key,
                full_data=full_year(data) if full else None,
            )
        )
