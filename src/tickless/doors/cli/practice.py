"""Commands that every practice has alike: list its records, show one, write one down field by field, do something with one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml

from tickless.doors.cli.client import part
from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import AsJson, print_json, session_of, usage

Identity = Annotated[str, typer.Argument(metavar="ID")]
Fields = Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE …", help="Name a field again for a list.")]
FromFile = Annotated[Path | None, typer.Option("--file", help="The fields as YAML or JSON; those given beside it win.")]
State = Annotated[str | None, typer.Option("--state", help="Of this state only.")]


def fields_of(given: Sequence[str] | None, file: Path | None, *, lists: frozenset[str]) -> dict[str, Any]:
    """`name=value` pairs as a body; a value that begins like JSON is read as JSON. Wrong usage ends the command."""
    body: dict[str, Any] = {}
    if file is not None:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(read, dict):
            raise usage(f"{file} holds no fields")
        body |= json.loads(json.dumps(read, default=str))  # days and times as they are written
    said: dict[str, list[Any]] = {}
    for pair in given or ():
        name, sign, value = pair.partition("=")
        if not sign:
            raise usage(f"{pair!r} is no field: write name=value")
        said.setdefault(name, []).append(json.loads(value) if value[:1] in {"[", "{"} else value)
    for name, values in said.items():
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        body[name] = flat if name in lists else values[-1]
    return body


def add_list(
    group: typer.Typer,
    path: str,
    columns: Mapping[str, str],
    *,
    empty: str,
    name: str = "list",
    about: str = "List them.",
) -> None:
    """`columns`: heading → field; a field that ends in `_at` is shown as a time."""

    @group.command(name, help=about)
    def run(context: typer.Context, state: State = None, as_json: AsJson = False) -> None:
        with session_of(context).api() as api:
            page = api.get(path, state=state)
        if as_json:
            print_json(page)
            return
        rows = [[_cell(one, field) for field in columns.values()] for one in page["items"]]
        show_table(list(columns), rows, empty=empty)


def _cell(record: Mapping[str, Any], field: str) -> Any:
    value: Any = record
    for step in field.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return moment(value) if field.endswith("_at") and isinstance(value, str) else value


def add_show(group: typer.Typer, path: str, *, name: str = "show", about: str = "Show one, with its story.") -> None:
    @group.command(name, help=about)
    def run(context: typer.Context, identity: Identity, as_json: AsJson = False) -> None:
        with session_of(context).api() as api:
            found = api.get(f"{path}/{part(identity)}")
        if as_json:
            print_json(found)
        else:
            show_record(found)


def show_record(found: Mapping[str, Any]) -> None:
    """A record's plain fields, then its lists, one line each."""
    flat: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    show_pairs({name: value for name, value in flat.items() if not _many(value) and value not in ("", [], {})})
    for name, value in flat.items():
        if _many(value):
            line(f"{name}:")
            for one in value:
                line("  ".join(str(part_) for part_ in one.values() if part_ not in (None, "", [])), indent=2)


def _many(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def add_deed(
    group: typer.Typer,
    name: str,
    path: str,
    *,
    about: str,
    lists: Sequence[str] = (),
    told: Callable[[Any], str] = lambda done: f"{done.get('id', 'Done')}: {done.get('state', 'done')}.",
    method: Literal["post", "put", "patch"] = "post",
) -> None:
    """A command that sends fields to a path; `{id}` in the path makes it one about a record."""
    known = frozenset(lists)

    def send(context: typer.Context, where: str, given: list[str] | None, file: Path | None, *, as_json: bool) -> None:
        body = fields_of(given, file, lists=known)
        with session_of(context).api() as api:
            done = {"put": api.put, "patch": api.patch, "post": api.post}[method](where, body)
        if as_json:
            print_json(done)
        else:
            line(told(done))

    if "{id}" in path:

        @group.command(name, help=about)
        def about_one(
            context: typer.Context,
            identity: Identity,
            given: Fields = None,
            file: FromFile = None,
            as_json: AsJson = False,
        ) -> None:
            send(context, path.replace("{id}", part(identity)), given, file, as_json=as_json)
    else:

        @group.command(name, help=about)
        def about_none(
            context: typer.Context, given: Fields = None, file: FromFile = None, as_json: AsJson = False
        ) -> None:
            send(context, path, given, file, as_json=as_json)
