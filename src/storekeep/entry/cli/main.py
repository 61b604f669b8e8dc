"""The commands of `storekeep`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="storekeep",
    help="Support and insight for Shopify merchants.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
)


@app.callback()
def commands() -> None:
    """Support and insight for Shopify merchants."""


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
    try:
        Supervisor(Given.read(Path.cwd())).run()
    except (BadSetting, HomeUnusable, KeepsStopping, NoAccount, ServerFailed, StartFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
