"""`tickless tenants …`: several organisations on one machine, each in a house of its own, with nothing shared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of

tenants = typer.Typer(no_args_is_help=True, help="Several organisations on one machine, kept apart.")
Folder = Annotated[Path, typer.Option("--folder", envvar="TICKLESS_TENANTS", help="Where `tenants.toml` is.")]
HERE = Path("tenants")


@tenants.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens.")],
    host: Annotated[str, typer.Option("--host", help="Host name by which its people reach it.")],
    folder: Folder = HERE,
) -> None:
    """Write a tenant down, with a folder and a port of its own."""
    session = session_of(context)
    with session.telling():
        for text in session.host.tenants(folder).add(name, host=host):
            line(text)


@tenants.command("list")
def show(context: typer.Context, folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Every tenant, whether it runs, and its own first numbers side by side. Nothing is added up."""
    session = session_of(context)
    with session.telling():
        found = session.host.tenants(folder).standings()
    if as_json:
        print_json([{**vars(one), "data": str(one.data)} for one in found])
        return
    rows = [(one.name, one.host, f"127.0.0.1:{one.port}", *_numbers(one.numbers)) for one in found]
    columns = ["tenant", "host name", "at", "runs", "cases", "live", "verified", "handed off", "came back"]
    show_table(columns, rows, empty="There are no tenants here.")


def _numbers(numbers: object) -> tuple[str, ...]:
    if not isinstance(numbers, dict):
        return ("no", "", "", "", "", "")
    ended = numbers["outcomes"]
    counts = (numbers["cases"], numbers["live"], ended["verified"], ended["handed_off"], ended["regressed"])
    return ("yes", *(f"{one:,}" for one in counts))


@tenants.command("check")
def check(context: typer.Context, folder: Folder = HERE) -> None:
    """Whether any two share a folder, a database, a port, a host name or a secret."""
    session = session_of(context)
    with session.telling():
        count = session.host.tenants(folder).check()
    line(f"{count} tenants share nothing.")


@tenants.command("serve")
def serve(context: typer.Context, folder: Folder = HERE) -> None:
    """Keep all their houses running: a process for each, started again when it falls."""
    session = session_of(context)
    with session.telling():
        code = session.host.tenants(folder).serve(say=line)
    raise typer.Exit(code)


@tenants.command("front")
def front(
    context: typer.Context,
    proxy: Annotated[Literal["haproxy", "nginx"], typer.Argument(help="For which proxy.")],
    certificates: Annotated[str, typer.Option(help="Folder of certificates; empty: without TLS.")] = "",
    address: Annotated[str, typer.Option(help="Where it listens.")] = ":443",
    folder: Folder = HERE,
) -> None:
    """Print the part of a proxy's configuration that leads each host name to its house, and others nowhere."""
    session = session_of(context)
    with session.telling():
        text = session.host.tenants(folder).front(proxy=proxy, certificates=certificates, address=address)
    typer.echo(text, nl=False)
