"""Files of tickets of the past on the command line: sent in parts, looked at, and how far they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from tickless.doors.cli.client import ApiClient, part
from tickless.doors.cli.output import line, moment, show_table
from tickless.doors.cli.session import tell, usage

PART = 900_000
SHOWN = 60
"""Signs of a resolution in the table of a preview."""
ENDED = frozenset({"done", "failed", "stopped"})


def send_file(api: ApiClient, file: Path) -> str:
    """Send it in parts; what the house calls it."""
    try:
        size = file.stat().st_size
        made: str = api.post("/history/files")["file"]
        with file.open("rb") as source:
            for offset in range(0, size, PART):
                api.send_part(f"/history/files/{part(made)}", source.read(PART), offset=offset)
    except OSError as error:
        raise usage(f"{file} cannot be read: {error.strerror}") from None
    return made


def look_at(
    api: ApiClient, sent: str, *, source: str, zone: str, mapped: list[str] | None, settled: Path | None
) -> Any:
    """What would come of it, with what the person says otherwise."""
    asked: dict[str, Any] = {"source": source, "zone": zone}
    if settled is not None:
        asked["mapping"] = _settled(settled)
    found = api.post(f"/history/files/{part(sent)}/preview", asked)
    if mapped:
        columns = {**found["mapping"]["columns"]}
        for one in mapped:
            field, equals, column = one.partition("=")
            if not equals:
                raise usage(f"{one!r} is not field=Column")
            columns.pop(field, None)
            if column:
                columns[field] = column
        asked["mapping"] = {**found["mapping"], "columns": columns}
        found = api.post(f"/history/files/{part(sent)}/preview", asked)
    return found


def _settled(file: Path) -> Any:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise usage(f"{file} is no JSON: {error}") from None
    return found.get("mapping", found) if isinstance(found, dict) else found


def show_preview(found: Any) -> None:
    mapping = found["mapping"]
    rows = [(field, column, found["why"].get(field, "")) for field, column in mapping["columns"].items()]
    show_table(["field", "column", "why"], rows, empty="No column was understood.")
    written = "one row a ticket" if mapping["layout"] == "tickets" else "one row an event"
    line(f"{written}; times: {mapping['order']}, in {mapping['zone']} where they name no zone")
    if found["unused"]:
        line(f"not used: {', '.join(found['unused'])}")
    for word, state in found["states"].items():
        if state is None:
            line(f"unknown state: {word}")
    for doubt in found["doubts"]:
        tell(doubt)
    shown = [(one["number"], one["title"], moment(one["opened_at"]), moment(one["resolved_at"]), one["state"], one["team"],
              one["resolution"][:SHOWN]) for one in found["tickets"]]  # fmt: skip
    show_table(
        ["ticket", "title", "opened", "resolved", "state", "team", "resolution"], shown, empty="No row can be taken."
    )
    for one in found["refused"]:
        tell(f"row {one['row']}: {one['reason']}", mend=one["mend"])


def show_progress(job: Any) -> None:
    share = f"{100 * job['bytes'] / job['size']:.0f} %" if job["size"] else ""
    typer.echo(f"\r{job['rows']:>10,} rows  {share:>5}  {job['refused']} refused", nl=False, err=True)
    if job["state"] in ENDED:
        typer.echo("", err=True)


def summary(job: Any) -> str:
    told = (
        f"{job['state']}: {job['rows']:,} rows; {job['new']:,} new, {job['changed']:,} changed, {job['same']:,} known"
    )
    if job["refused"]:
        told += f", {job['refused']:,} refused: `tickless history refused {job['id']}` says why"
    return told + (f". {job['why']}" if job["why"] else "")
