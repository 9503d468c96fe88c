"""The places where no canary should stand: read as whoever could read them, after everything was planted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.api_calls import ENDLESS, PREFIX, described
from bench.attack_told import Outlets
from bench.canary_doors import Hall
from bench.canary_form import Kind
from tickless.ai.models.looking_up import Reach
from tickless.ai.models.wire import Answer, Request, Wire
from tickless.app.dump import dump
from tickless.app.settings import Settings
from tickless.journal import tables
from tickless.journal.audit_tables import kept_texts
from tickless.stages.decide.evidence import unpack

ALL: frozenset[Kind] = frozenset({"held", "secret", "personal"})
HELD: frozenset[Kind] = frozenset({"held"})
SECRETS: frozenset[Kind] = frozenset({"held", "secret"})
PAGES = (
    "/", "/brakes", "/cases", "/map", "/map/sources", "/runbooks", "/approvals", "/policy", "/autonomy", "/audit",
    "/audit/decisions", "/audit/keeping", "/signals", "/alerts", "/accounts", "/accounts/sign-ins", "/accounts/people",
    "/silences", "/maintenance", "/sources", "/quarantine", "/mapping", "/doctor", "/chat", "/conversations", "/known",
    "/intents", "/storms", "/telemetry", "/telemetry/limits", "/telemetry/patterns", "/lessons/grouping", "/reports/week",
    "/catalogue", "/assist",
)  # fmt: skip
MOST_CASES = 120


@dataclass(frozen=True)
class Place:
    """Something that was read, and which canaries must not stand in it."""

    name: str
    text: str
    never: frozenset[Kind]


class Overheard:
    """A model's wire that keeps every request that goes over it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.told: list[str] = []

    def ask(self, request: Request, *, seconds: float, reach: Reach | None = None) -> Answer:
        self.told.append(f"{request.instructions}\n{request.text}")
        return self._wire.ask(request, seconds=seconds, reach=reach)


def places(hall: Hall, outlets: Outlets, mark: Any, prompts: Overheard) -> Iterator[Place]:
    """One after the other; the largest last."""
    yield Place("log", outlets.log(mark), ALL)
    yield Place("metrics", hall.ask("", "GET", "/metrics", headers=hall.as_admin()).text, ALL)
    yield Place("prompts", "\n".join(prompts.told), ALL)
    for door, text in hall.errors:
        yield Place(f"answer of {door}", text, HELD)
    yield Place("audit rows", _audit(hall), ALL)
    for form in ("jsonl", "ocsf", "cloudevents"):
        told = hall.ask(
            "", "GET", f"{PREFIX}/audit/export", headers=hall.as_admin(), params={"form": form, "sealed": "true"}
        )
        yield Place(f"sealed export ({form})", told.text, ALL)
    yield Place("opened export", hall.ask("", "GET", f"{PREFIX}/audit/export", headers=hall.as_admin()).text, SECRETS)
    for sent in outlets.since(mark, parties=frozenset()):
        yield Place(f"sent: {sent.kind}", sent.text, SECRETS if sent.kind in {"ticket", "phone"} else HELD)
    yield from _pages(hall)
    yield from _api(hall)
    yield Place("packed texts", _packed(hall), HELD)
    yield Place("database files", _files(hall.house.house.rooms.data), HELD)
    yield Place("export of all tables", _dumped(hall), HELD)


def _audit(hall: Hall) -> str:
    """As it is stored: what is sealed is not readable here."""
    with hall.house.house.journal.read() as tx:
        rows = tx.connection.execute(sa.select(tables.audit))
        return "\n".join(" ".join(str(value) for value in row) for row in rows)


def _pages(hall: Hall) -> Iterator[Place]:
    entrance = hall.house.house.entrance
    with hall.house.house.journal.read() as tx:
        numbers = [case.number for case in tx.cases.where(limit=MOST_CASES)]
    for login, person in (("canary-admin", True), ("canary-auditor", True), ("canary-stranger", False)):
        with hall.house.house.journal.read() as tx:
            user = tx.access.user_by_login(login)
        assert user is not None
        opened = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
        headers = {"Cookie": f"tickless_session={opened.token}"}
        for path in (*PAGES, *(f"/cases/{number}" for number in numbers)):
            text = hall.ask("", "GET", path, headers=headers).text
            yield Place(f"page {path.rstrip('0123456789')} of {login}", text, HELD if person else ALL)
    for path in ("/", "/sign-in", "/chat", "/healthz"):
        yield Place(f"page {path} of nobody", hall.ask("", "GET", path, follow_redirects=True).text, ALL)


def _api(hall: Hall) -> Iterator[Place]:
    description = described(hall.house.house.site)
    for path, methods in description["paths"].items():
        raw = methods.get("get")
        if (
            raw is None
            or "{" in path
            or any(m in ENDLESS for one in raw["responses"].values() for m in one.get("content", {}))
        ):
            continue
        told = hall.ask("", "GET", PREFIX + path, headers=hall.as_admin(), params={"limit": 200})
        if told.status_code == 422:
            told = hall.ask("", "GET", PREFIX + path, headers=hall.as_admin())
        yield Place(f"API {path}", told.text, HELD)


def _packed(hall: Hall) -> str:
    """Raw payloads and what decisions were made from: stored packed."""
    with hall.house.house.journal.read() as tx:
        kept = [unpack(body) for body in tx.connection.execute(sa.select(kept_texts.c.body)).scalars()]
    log = hall.house.house.journal.signals
    with hall.house.house.journal.log_engine.connect() as connection:
        came = [log.payload(one) for one in connection.execute(sa.select(tables.payloads.c.id)).scalars()]
    raw = [f"{one.headers} {one.body.decode(errors='replace')}" for one in came]
    return "\n".join([*raw, *(json.dumps(one, ensure_ascii=False) for one in kept)])


def _files(folder: Path) -> str:
    return "\n".join(one.read_bytes().decode("latin-1") for one in sorted(folder.rglob("*")) if one.is_file())


def _dumped(hall: Hall) -> str:
    with tempfile.TemporaryDirectory() as folder:
        dump(Settings(data=hall.house.house.rooms.data), Path(folder))
        return "\n".join(one.read_text(encoding="utf-8") for one in sorted(Path(folder).glob("*.ndjson")))


def forms_of(value: str) -> tuple[str, ...]:
    """As it may stand somewhere: plain, in JSON, and without the blanks of a number."""
    plain = "".join(value.split())
    return tuple(dict.fromkeys((value, json.dumps(value)[1:-1], plain)))


__all__ = ["Overheard", "Place", "forms_of", "places"]
