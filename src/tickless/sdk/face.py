"""The face of a card: what any channel has to show of it, as words, links, buttons and entries. Pure.

A channel draws these few things in its own way, so that none of them loses a question, a choice or a link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tickless.domain import card as cards


@dataclass(frozen=True)
class Button:
    """One press. `deed`, `ref`, `values` as in `receiving.Spoken`. `says`: the words that mean the same when they are
    typed; a button without a deed only says them. `tone`: yes and no may be drawn apart."""

    label: str
    deed: str = ""
    ref: str = ""
    values: dict[str, str] = field(default_factory=dict)
    says: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """Buttons that answer one question, `label`; empty: the message itself asks."""

    label: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Entry:
    """Something to be filled in; with options, to be picked."""

    name: str
    label: str
    options: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class Link:
    """Where more is to be found. `href` is absolute, http or https."""

    label: str
    href: str


@dataclass(frozen=True)
class Face:
    """Everything of a card. `send` goes with the entries and carries what was filled in as its values."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    send: Button | None = None
    links: tuple[Link, ...] = ()


NO_FACE = Face()
STOP = (Row("", (Button("Stop this", says="cancel"),)),)
"""Below what has to be filled in: the way out."""
HEAVY = frozenset({"approve", "deny", "have_it", "pass_on"})
"""Deeds that a channel takes only where it knows who presses."""
_EFFORT = (("Very easy", "1"), ("Easy", "2"), ("So-so", "3"), ("Hard", "4"), ("Very hard", "5"))
_EXPECTED = (("Worse than expected", "worse"), ("As expected", "as_expected"), ("Better", "better"))
_STATES = {
    "open": "being looked at",
    "awaiting_person": "waiting for an answer",
    "awaiting_approval": "waiting for approval",
    "acting": "being worked on",
    "verifying": "being checked",
    "resolved": "solved",
    "handed_off": "with a colleague",
    "muted": "closed",
    "merged": "part of another case",
}
_OUTCOMES = {
    "verified": "solved and checked",
    "confirmed": "solved, as you said",
    "refused": "declined",
    "withdrawn": "stopped at your word",
    "handed_off": "with a colleague",
    "regressed": "open again",
}


def face_of(stored: dict[str, object] | None, *, home: str = "") -> Face:
    """The face of a message's card; an empty one for no card and for a kind that this version does not know."""
    card = cards.read_card(stored)
    if isinstance(card, cards.ChoicesCard):
        return Face(rows=(Row("", tuple(_answer(card.question, option) for option in card.options)),))
    if isinstance(card, cards.CodeCard):
        code = (Entry("answer", "One-time code"),)
        return Face(entries=code, send=Button("Send code", "answer", card.question), rows=STOP)
    if isinstance(card, cards.FormCard):
        entries = tuple(Entry(one.name, one.label, one.options, one.needed) for one in card.fields)
        send = Button("Send", "answer", card.question)
        return Face(heading=card.title, entries=entries, send=send, rows=STOP)
    if isinstance(card, cards.ApprovalCard):
        return _approval(card, home)
    if isinstance(card, cards.PageCard):
        return _page(card, home)
    if isinstance(card, cards.SecretCard):
        return Face(links=_links(home, ("Show it once", card.href)))
    if isinstance(card, cards.RatingCard):
        return _rating(card)
    if isinstance(card, cards.AnswerCard):
        return _citations(card, home)
    if isinstance(card, cards.ListCard):
        return Face(heading=card.title, rows=(Row("", tuple(Button(label, says=said) for label, said in card.items)),))
    return _case(card, home) if card is not None else NO_FACE


def _answer(question: str, option: str) -> Button:
    return Button(option, "answer", question, {"answer": option}, says=option)


def _case(card: cards.CaseCard | cards.SolvedCard, home: str) -> Face:
    link = _links(home, (f"Case #{card.number}", f"/cases/{card.number}"))
    if isinstance(card, cards.SolvedCard):
        yes = Button("Yes, it works", "solved", card.case, says="yes, it works", tone="yes")
        no = Button("No, it does not", "unsolved", card.case, says="no, it does not work", tone="no")
        return Face(rows=(Row("Does it work now?", (yes, no)),), links=link)
    return Face(lines=(f"Case #{card.number}: {state_words(card.state, card.outcome)}",), links=link)


def state_words(state: str, outcome: str | None) -> str:
    """Where a case stands, as one tells the person whose case it is."""
    return _OUTCOMES.get(outcome or "") or _STATES.get(state, state.replace("_", " "))


def _approval(card: cards.ApprovalCard, home: str) -> Face:
    yes = Button("Approve", "approve", card.approval, tone="yes")
    no = Button("Deny", "deny", card.approval, tone="no")
    return Face(
        heading=card.title,
        lines=(card.summary,),
        rows=(Row("", (yes, no)),),
        links=_links(home, ("Open the approval", card.href or "/approvals")),
    )


def _page(card: cards.PageCard, home: str) -> Face:
    have = Button("I have it", "have_it", card.page, tone="yes")
    on = Button("Call the next one", "pass_on", card.page)
    return Face(rows=(Row("", (have, on)),), links=_links(home, ("Open the page", f"/on-call/pages/{card.page}")))


def _rating(card: cards.RatingCard) -> Face:
    def row(label: str, name: str, choices: tuple[tuple[str, str], ...]) -> Row:
        return Row(label, tuple(Button(text, "rate", card.case, {name: value}) for text, value in choices))

    return Face(
        rows=(row("How easy was it?", "effort", _EFFORT), row("Did it go as you expected?", "expected", _EXPECTED))
    )


def _citations(card: cards.AnswerCard, home: str) -> Face:
    cited = [(f"{one.title} · {one.section}" if one.section else one.title, one.href) for one in card.citations]
    helped = Button("Yes", "helped", card.case, says="yes, that helped", tone="yes")
    not_helped = Button("No", "not_helped", card.case, says="no, that did not help", tone="no")
    bare = tuple(f"Source: {label}" for label, href in cited if not absolute(home, href))
    return Face(
        lines=bare,
        rows=(Row("", (helped, not_helped)),),
        links=_links(home, *cited),
    )


def _links(home: str, *found: tuple[str, str]) -> tuple[Link, ...]:
    return tuple(Link(label, href) for label, path in found if (href := absolute(home, path)))


def absolute(home: str, href: str) -> str:
    """A link that can be opened from outside; empty for one that cannot, and for other schemes than http and https."""
    if href.startswith("/") and not href.startswith("//"):
        href = home.rstrip("/") + href if home else ""
    try:
        parts = urlsplit(href)
        host = parts.hostname
    except ValueError:
        return ""
    fine = (
        parts.scheme in {"http", "https"} and host and not any(ord(sign) < 0x21 or sign in "<>\"'`\\" for sign in href)
    )
    return href if fine else ""
