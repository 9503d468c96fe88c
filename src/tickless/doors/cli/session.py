"""What every command shares: the host, where the server is, and how an error becomes one line and an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.domain.errors import RunbookInvalid, TicklessError
from tickless.doors.cli.client import ApiClient, CallFailed, NotReachable
from tickless.doors.cli.host import CliHost

FAILED = 1
USAGE = 2
NOT_REACHABLE = 3

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API gives it.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; goes on record.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=200, help="How many at most.")]


@dataclass(frozen=True)
class Session:
    """One run of the command line."""

    host: CliHost
    url: str | None
    data: Path | None

    @contextmanager
    def api(self) -> Iterator[ApiClient]:
        """A client; what goes wrong inside is told and ends the command with its exit code."""
        with self.telling(), self.host.client(url=self.url, data=self.data) as client:
            yield client

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Errors of the house and of the API as a line or two on standard error."""
        try:
            yield
        except CallFailed as error:
            tell(str(error), mend=str(error.error.get("mend", "")), fields=error.error.get("fields"))
            raise typer.Exit(FAILED) from None
        except NotReachable as error:
            tell(str(error), mend="start one with `tickless serve`, or look at --url and TICKLESS_URL")
            raise typer.Exit(NOT_REACHABLE) from None
        except RunbookInvalid as error:
            tell(error.public, mend=error.mend, fields=_told(error))
            raise typer.Exit(FAILED) from None
        except TicklessError as error:
            tell(error.public, mend=error.mend)
            raise typer.Exit(FAILED) from None


def session_of(context: typer.Context) -> Session:
    """The session that the root command made."""
    session = context.find_object(Session)
    assert session is not None, "the root command makes the session"
    return session


def _told(error: RunbookInvalid) -> list[dict[str, str]]:
    return [
        {"field": f"{one.path}:{one.line}", "reason": f"{one.where}: {one.reason} ({one.mend})"}
        for one in error.problems
    ]


def tell(message: str, *, mend: str = "", fields: Any = None) -> None:
    """What went wrong, on standard error."""
    typer.echo(f"tickless: {message}", err=True)
    for field in fields or ():
        typer.echo(f"  {field['field']}: {field['reason']}", err=True)
    if mend:
        typer.echo(f"  → {mend}", err=True)


def usage(message: str) -> typer.Exit:
    """For `raise usage(…)`: the command was given wrongly."""
    tell(message)
    return typer.Exit(USAGE)


def print_json(value: Any) -> None:
    """JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
