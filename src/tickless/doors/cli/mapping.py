"""`tickless mapping test`: what would become of a payload. Nothing is stored."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tickless.doors.cli.output import line, moment, show_pairs, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, usage

mapping = typer.Typer(no_args_is_help=True, help="Mappings: how a generic webhook's payload is read.")


@mapping.callback()
def mappings() -> None:
    """Keeps `test` a word of its own."""


@mapping.command("test")
def try_payload(
    context: typer.Context,
    *,
    file: Annotated[str, typer.Option("--file", "-f", help="File with the payload; - reads standard input.")],
    written: Annotated[
        Path | None, typer.Option("--mapping", "-m", help="File with the mapping: TOML or JSON, as in the settings.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", "-s", help="A configured source, as it reads today.")
    ] = None,
    content_type: Annotated[str, typer.Option("--type", help="Content type.")] = "application/json",
    header: Annotated[list[str] | None, typer.Option("--header", "-H", help="A header, as name: value.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try a payload: what would become of it, and everything that is wrong with the mapping. Nothing is stored."""
    if (written is None) == (source is None):
        raise usage("say --mapping with a file, or --source with a name")
    asked: dict[str, Any] = {**_payload(file), "content_type": content_type, "headers": _headers(header or [])}
    asked |= {"source": source} if written is None else {"mapping": _text(written)}
    with session_of(context).api() as api:
        trial = api.post("/mapping/test", asked)
    if as_json:
        print_json(trial)
    else:
        _show(trial)
    if not trial["fits"]:
        raise typer.Exit(FAILED)


def _payload(file: str) -> dict[str, str]:
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise usage(f"{file} cannot be read: {error.strerror}") from None
    return {"payload_base64": base64.b64encode(body).decode()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise usage(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise usage(f"{path} is no text") from None


def _headers(given: list[str]) -> dict[str, str]:
    headers = {}
    for one in given:
        name, colon, value = one.partition(":")
        if not colon:
            raise usage(f"a header is written as name: value, not {one[:60]!r}")
        headers[name.strip()] = value.strip()
    return headers


def _show(trial: dict[str, Any]) -> None:
    for one in trial["becomes"]:
        signal = one["signal"]
        line(f"entry {one['entry']}: {signal['title']}", style="bold")
        show_pairs({
            "kind": signal["kind"], "state": signal["state"], "severity": signal["severity"],
            "fingerprint": signal["fingerprint"], "event key": one["event_key"], "when": moment(signal["occurred_at"]),
            "taken for": one["need"], "service": one["service"], "link": one["link"], "body": signal["body"] or None,
            "labels": [f"{name}={value}" for name, value in signal["labels"].items()] or None,
        })  # fmt: skip
    if trial["problems"]:
        rows = [
            (("" if one["serious"] else "note: ") + one["where"], one["reason"], one["expression"] or None, one["mend"])
            for one in trial["problems"]
        ]
        show_table(["where", "what is wrong", "written", "mend"], rows, empty="")
    line(_verdict(trial))


def _verdict(trial: dict[str, Any]) -> str:
    entries = trial["entries"]
    if entries is None:
        return "It cannot be read: it would wait in the quarantine."
    told = f"{entries} {'entry' if entries == 1 else 'entries'}"
    shown = "" if len(trial["becomes"]) in {entries, 0} or not trial["fits"] else f" ({len(trial['becomes'])} shown)"
    return f"It fits: {told}{shown}." if trial["fits"] else f"It does not fit: of {told} some cannot be read."
