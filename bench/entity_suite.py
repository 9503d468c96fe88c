"""Q11's entries, and how one reading of an entry is judged. Pure but for reading the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.report import CannotRun
from bench.roles import Roles, Writer, fill
from tickless.domain.finding import Entity
from tickless.sample.company import Company

OWN = Path(__file__).parent / "suites" / "entities"
COUNTED = frozenset({"person", "app", "device", "service"})
"""Kinds that make up the exact set; groups, places and times are told beside it."""


@dataclass(frozen=True)
class Wanted:
    """One entity that a reading must have. `ref` is None where no record is meant (a time)."""

    kind: str
    ref: str | None
    text: str
    ambiguous: bool


@dataclass(frozen=True)
class Entry:
    """One message of the suite, with roles not yet filled in."""

    id: str
    says: str
    writer: Writer
    entities: tuple[dict[str, Any], ...]

    @property
    def texts(self) -> list[str]:
        """Everything that may hold roles."""
        return [self.says, *(str(one.get(key) or "") for one in self.entities for key in ("ref", "text"))]

    @property
    def ambiguous(self) -> bool:
        return any(one.get("ambiguous") for one in self.entities)

    def wanted(self, roles: Roles) -> list[Wanted]:
        """The entities with records in the place of roles."""
        return [
            Wanted(
                str(one["kind"]),
                roles.ref(str(one["ref"])) if one.get("ref") else None,
                fill(str(one.get("text") or ""), roles),
                bool(one.get("ambiguous")),
            )
            for one in self.entities
        ]


@dataclass(frozen=True)
class Judged:
    """`exact`: the set of people, apps, devices and services is right. `wrong_person`: somebody who isn't meant was linked."""

    exact: bool
    wrong_person: bool
    beside: bool | None
    """Groups, places and times are right; None where the entry has none."""
    why: str = ""


def read_entries(folder: Path) -> list[Entry]:
    """Every entry of every YAML file in the folder that has `says` and `entities`. Raises `CannotRun` for none."""
    found = []
    for path in sorted(folder.rglob("*.y*ml")):
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, one in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(one, dict) and "says" in one and "entities" in one:
                found.append(_entry(one, f"{path.stem}-{number}"))
    if not found:
        raise CannotRun(f"{folder} holds no entries with `says` and `entities`")
    return found


def _entry(one: dict[str, Any], name: str) -> Entry:
    everywhere = {"ambiguous": True} if one.get("ambiguous") else {}
    entities = tuple({**entity, **everywhere} for entity in one["entities"] or [])
    return Entry(str(one.get("id", name)), str(one["says"]), one.get("writer") or "employee", entities)


def judge(wanted: Sequence[Wanted], found: Iterable[Entity], *, said: str, company: Company) -> Judged:
    """Compare what was found with what was wanted.

    A platform that the words name exactly though the entry does not list it (`vpn`, `printers`) is no mistake: a suite that
    has not seen the company cannot know that it has a record for it. Words that are linked to nothing count as nothing.
    """
    linked = {(one.kind, one.ref) for one in found if one.ref}
    open_ones = [one for one in found if one.ref is None and one.alternatives]
    must = {(one.kind, one.ref) for one in wanted if one.kind in COUNTED and not one.ambiguous}
    asked = [one for one in wanted if one.kind in COUNTED and one.ambiguous]
    fair = {(one.kind, one.ref) for one in asked}
    missing = must - linked
    known = {("service", one.id) for one in company.services if _plainly_named(one, said)}
    extra = {one for one in linked if one[0] in COUNTED} - must - known
    unasked = [a for a in asked if not any(o.kind == a.kind and a.ref in o.alternatives for o in open_ones)]
    surplus = [o for o in open_ones if o.kind in COUNTED and not any(o.kind == a.kind for a in asked)]
    wrong = {ref for kind, ref in extra if kind == "person"} - {ref for kind, ref in fair if kind == "person"}
    why = "; ".join(
        f"{name}: {sorted(map(str, values))}"
        for name, values in (
            ("missing", missing), ("extra", extra), ("not asked back", unasked), ("asked without need", surplus),
        )
        if values
    )  # fmt: skip
    beside = [one for one in wanted if one.kind not in COUNTED]
    return Judged(not why, bool(wrong), all(_there(one, found) for one in beside) if beside else None, why)


def _there(one: Wanted, found: Iterable[Entity]) -> bool:
    text = one.text.casefold()
    return any(
        other.kind == one.kind
        and (
            other.ref == one.ref if one.ref else text in other.text.raw.casefold() or other.text.raw.casefold() in text
        )
        for other in found
    )


def _plainly_named(service: Any, said: str) -> bool:
    folded = said.casefold()
    return service.kind in {"platform", "infrastructure"} and any(
        name.casefold() in folded for name in (service.name, *service.aliases)
    )
