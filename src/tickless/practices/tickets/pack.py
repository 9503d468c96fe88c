"""The pack: everything that whoever takes a case over needs, so that nobody has to tell the story again."""

from __future__ import annotations

from pydantic import AwareDatetime

from tickless.domain.record import Record

LONGEST = 30_000


class Said(Record):
    """Something said, in the words it was said in, tamed."""

    who: str
    text: str
    at: AwareDatetime


class Tried(Record):
    """A step that was taken, with what came of it (its receipt)."""

    what: str
    result: str
    changed: bool
    at: AwareDatetime


class Link(Record):
    label: str
    href: str


class Pack(Record):
    """What we know of a case, as handed over. Every text is tamed and free of secrets."""

    case: str
    number: int
    title: str
    kind: str
    service: str = ""
    priority: int
    impact: str = ""
    requester: str = ""
    contact: str = ""
    where: str = ""
    """Department and location of the person."""
    devices: tuple[str, ...] = ()
    owner: str = ""
    summary: str = ""
    """All of it in short, in a language model's words, checked against the rest; empty: there is none."""
    summary_by: str = ""
    """The model and its prompt's version."""
    because: str = ""
    """Why people take it over."""
    hypothesis: str = ""
    sure: float | None = None
    """How sure we are of it, 0 to 1; None: nobody can say."""
    since: AwareDatetime
    facts: tuple[tuple[str, str], ...] = ()
    """What is known of the inputs: (name, value)."""
    said: tuple[Said, ...] = ()
    evidence: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    checks: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def as_text(pack: Pack, *, limit: int = LONGEST) -> str:
    """The pack as plain text for a ticket, at most `limit` characters. Empty parts say so where their absence matters."""
    parts = [
        f"Handed over by Tickless: case {pack.number}. {pack.because}".strip(),
        _block(f"In short (composed by a language model, {pack.summary_by})", [pack.summary] if pack.summary else []),
        _block("What we think", [_hypothesis(pack)]),
        _block("Who", _who(pack)),
        _block("What the person said", [f"{_clock(one.at)} {one.who}: {one.text}" for one in pack.said]),
        _block("What we know", [*(f"{name}: {value}" for name, value in pack.facts), *pack.evidence]),
        _block("What was tried", [_tried(one) for one in pack.tried] or ["nothing has been changed"]),
        _block("What was checked", list(pack.checks)),
        _block("What was ruled out", list(pack.ruled_out)),
        _block("Why it did not go on by itself", list(pack.policy)),
        _block("Who was told", list(pack.told) or ["nobody yet"]),
        _block("Links", [f"{link.label}: {link.href}" for link in pack.links]),
    ]
    text = "\n\n".join(part for part in parts if part)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def in_short(pack: Pack) -> str:
    """The story in a few sentences, each taken from the pack as it stands."""
    said = f"{pack.said[-1].who}: “{_cut(pack.said[-1].text, 200)}”" if pack.said else ""
    tried = (
        f"Tried: {_cut('; '.join(one.what for one in pack.tried[-3:]), 300)}." if pack.tried else "Nothing was changed."
    )
    return " ".join(part for part in (pack.hypothesis, said, tried, pack.because) if part)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def held(pack: Pack) -> tuple[tuple[str, str], ...]:
    """What the pack answers: (what it is about, the answer), for finding questions that need not be asked again."""
    pairs = [
        ("name", pack.requester),
        ("contact", pack.contact),
        ("where", pack.where),
        ("device", ", ".join(pack.devices)),
        ("service", pack.service),
        ("since", f"since {pack.since:%Y-%m-%d %H:%M} UTC"),
        ("impact", pack.impact),
        ("tried", "; ".join(one.what for one in pack.tried) or "nothing has been changed"),
        *((name, f"{name}: {value}") for name, value in pack.facts),
        *(("said", one.text) for one in pack.said),
        *(("known", text) for text in (*pack.evidence, *pack.checks, *pack.ruled_out)),
    ]
    return tuple((topic, answer) for topic, answer in pairs if answer)


def _hypothesis(pack: Pack) -> str:
    sure = "" if pack.sure is None else f" (we are {round(pack.sure * 100)} % sure)"
    return f"{pack.hypothesis or 'We do not know what it is.'}{sure}"


def _who(pack: Pack) -> list[str]:
    lines = [", ".join(part for part in (pack.requester, pack.contact, pack.where) if part)]
    lines += [f"Devices: {', '.join(pack.devices)}"] if pack.devices else []
    lines += [f"Service: {pack.service}"] if pack.service else []
    lines += [f"Impact: priority {pack.priority}. {pack.impact}".strip()]
    lines += [f"Owner: {pack.owner or 'nobody is named'}"]
    return [line for line in lines if line]


def _tried(one: Tried) -> str:
    return f"{_clock(one.at)} {one.what}: {one.result}{'' if one.changed else ' (nothing changed)'}"


def _clock(at: AwareDatetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _block(title: str, lines: list[str]) -> str:
    return "\n".join([f"{title}:", *(f"  - {line}" for line in lines)]) if lines else ""
