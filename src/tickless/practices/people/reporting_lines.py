"""The lines from people to their managers: named → id, unbroken, and without a circle. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.person import Person
from tickless.kit.merging import Reading
from tickless.kit.tabular import Refusal, shown

_MEND = "an id, user name or e-mail address of somebody in this file or in the house"


def without_broken_lines(reading: Reading[Person], *, known: Mapping[str, Person]) -> Reading[Person]:
    """The reading with managers as ids. Refuses rows whose manager is nobody, is refused, or manages themselves in the end."""
    ids = _names((*known.values(), *reading.records.values()))
    resolved = {line: _with_manager(person, ids) for line, person in reading.records.items()}
    reading = Reading(resolved, reading.refused, reading.ignored)
    while True:
        refused = _broken(reading.records, known)
        refused = refused or _circles(reading.records, known)
        if not refused:
            return reading
        reading = reading.without(_with_reports(refused, reading.records, known))


def _names(people: tuple[Person, ...]) -> dict[str, str]:
    names = {name.casefold(): one.id for one in people for name in (one.username, one.email)}
    return names | {one.id: one.id for one in people}


def _with_manager(person: Person, ids: Mapping[str, str]) -> Person:
    if person.manager is None:
        return person
    found = ids.get(person.manager) or ids.get(person.manager.casefold())
    return person.model_copy(update={"manager": found}) if found else person


def _broken(people: Mapping[int, Person], known: Mapping[str, Person]) -> list[Refusal]:
    there = {*known, *(person.id for person in people.values())}
    return [
        Refusal(line, "manager", f"there is nobody called {shown(person.manager)!r}", _MEND)
        for line, person in people.items()
        if person.manager is not None and person.manager not in there
    ]


def _with_reports(refused: list[Refusal], people: Mapping[int, Person], known: Mapping[str, Person]) -> list[Refusal]:
    """And whoever has a refused person as manager, all the way down; a person who is in the house already stays there."""
    reports: dict[str, list[int]] = {}
    for line, person in people.items():
        if person.manager is not None:
            reports.setdefault(person.manager, []).append(line)
    found = {refusal.line: refusal for refusal in refused}
    queue = list(found)
    while queue:
        line = queue.pop()
        for report in () if people[line].id in known else reports.get(people[line].id, ()):
            if report not in found:
                found[report] = Refusal(report, "manager", f"line {line}, the manager, is refused", "mend that line")
                queue.append(report)
    return list(found.values())


def _circles(people: Mapping[int, Person], known: Mapping[str, Person]) -> list[Refusal]:
    """Rows that stand on a circle of managers."""
    above = {one.id: one.manager for one in (*known.values(), *people.values())}
    lines = {person.id: line for line, person in people.items()}
    seen: set[str] = set()
    refused: list[Refusal] = []
    for start in lines:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in seen:
            seen.add(at)
            path[at] = None
            at = above.get(at)
        if at is not None and at in path:
            circle = list(path)[list(path).index(at) :]
            told = " → ".join(shown(one) for one in [*circle[:5], *(["…"] if len(circle) > 5 else []), at])
            refused += [
                Refusal(
                    lines[one], "manager", f"managers in a circle: {told}", "leave the manager of one of them empty"
                )
                for one in circle
                if one in lines
            ]
    return refused
