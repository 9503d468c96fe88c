"""The house's message and card → Slack's blocks. Pure; every kind of card in `domain.card` has its function here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tickless.connectors.slack import blocks
from tickless.connectors.slack.blocks import Block, button, context, row, sections
from tickless.connectors.slack.buttons import OURS, Button
from tickless.connectors.slack.words import escape, link, tidy
from tickless.domain.card import (
    AnswerCard,
    ApprovalCard,
    Card,
    CaseCard,
    ChoicesCard,
    CodeCard,
    FormCard,
    FormField,
    ListCard,
    PageCard,
    RatingCard,
    SecretCard,
    SolvedCard,
    read_card,
)
from tickless.sdk.capabilities.chat import Amended, Outgoing
from tickless.sdk.face import state_words

FALLBACK = 3_000
MOST_BUTTONS = 5
MOST_FIELDS = 30
MOST_ITEMS = 20
MOST_ROWS = 4
EFFORT = ("1 very easy", "2", "3", "4", "5 very hard")
EXPECTED = (("worse", "Worse than expected"), ("as_expected", "As expected"), ("better", "Better than expected"))


@dataclass(frozen=True)
class Rendered:
    """`text`: for notifications and for readers of the screen."""

    text: str
    blocks: list[Block]


def render(message: Outgoing) -> Rendered:
    """A message with everything that can be pressed."""
    card = read_card(message.card)
    drawn = [*_by(message.author), *sections(message.text), *(_draw(card, message.home) if card else [])]
    return Rendered(_fallback(message.text), _whole(drawn))


def render_over(message: Amended) -> Rendered:
    """The same message with nothing left to press, and what came of it."""
    card = read_card(message.card)
    told = [one for one in (_draw(card, message.home) if card else []) if one["type"] in {"section", "context"}]
    kept = [{key: value for key, value in one.items() if key != "accessory"} for one in told]
    note = [context(f"_{escape(blocks.cut(message.note, 200))}_")] if tidy(message.note) else []
    return Rendered(_fallback(message.text), _whole([*sections(message.text), *kept], last=note))


def _whole(drawn: list[Block], *, last: list[Block] | None = None) -> list[Block]:
    last = last or []
    return [*drawn[: blocks.MOST_BLOCKS - len(last)], *last] or sections("…")


def _fallback(text: str) -> str:
    """Never empty, never calling anybody, and not cut within an entity."""
    words = blocks.cut(tidy(text), FALLBACK) or "…"
    while len(escape(words)) > FALLBACK:
        words = blocks.cut(words, len(words) * 2 // 3)
    return escape(words)


def _by(author: str) -> list[Block]:
    return [context(f"*{escape(blocks.cut(author, 100)).replace('*', '∗')}*")] if tidy(author) else []


def _choices(card: ChoicesCard, home: str) -> list[Block]:
    options = blocks.different(card.options)
    if not options:
        return []
    short = all(len(option) <= blocks.LABEL for option in options)
    if short and len(options) > MOST_BUTTONS:
        return [row(blocks.menu(options, action=f"{OURS}:answer:{card.question}"))]
    listed = [] if short else sections("\n".join(f"{n}. {option}" for n, option in enumerate(options, 1)), most=6_000)
    made = [
        button(option if short else f"{n}. {option}", Button("answer", card.question, {"answer": option}), number=n)
        for n, option in enumerate(options, 1)
    ]
    rows = [row(*made[start : start + blocks.ROW]) for start in range(0, len(made), blocks.ROW)]
    return [*listed, *rows[:MOST_ROWS]]


def _code(card: CodeCard, home: str) -> list[Block]:
    field = {**blocks.text_field(action=f"{OURS}:answer:{card.question}"), "max_length": 20}
    return [
        blocks.input_block("answer", "Code", field, at_once=True),
        row(
            button("Send", Button("answer", card.question, gathers=True), style="primary"),
            button("Stop this", Button(says="cancel"), number=1),
        ),
    ]


def _form(card: FormCard, home: str) -> list[Block]:
    fields = [_field(one) for one in {one.name[:200]: one for one in card.fields}.values()][:MOST_FIELDS]
    hands_in = row(
        button("Send", Button("answer", card.question, gathers=True), style="primary"),
        button("Stop this", Button(says="cancel"), number=1),
    )
    return [blocks.bold(card.title), *fields, hands_in]


def _field(field: FormField) -> Block:
    """A menu where its options fit into one, else a line to write on."""
    options = blocks.different(field.options)
    fits = 0 < len(options) <= blocks.OPTIONS and all(len(option) <= blocks.LABEL for option in options)
    action = f"{OURS}:field"
    element = blocks.menu(options, action=action) if fits else blocks.text_field(action=action)
    hint = "" if fits or not options else f" ({', '.join(options)})"
    return blocks.input_block(field.name, field.label + hint, element, needed=field.needed)


def _approval(card: ApprovalCard, home: str) -> list[Block]:
    return [
        blocks.bold(card.title),
        *sections(card.summary, most=4_000),
        row(
            button("Approve", Button("approve", card.approval), style="primary"),
            button("Deny", Button("deny", card.approval), number=1, style="danger"),
        ),
    ]


def _page(card: PageCard, home: str) -> list[Block]:
    address = _address(f"/on-call/pages/{card.page}", home)
    return [
        row(
            button("I have it", Button("have_it", card.page), style="primary"),
            button("Call the next one", Button("pass_on", card.page), number=1),
            *([blocks.link_button("Open the page", address)] if address else []),
        )
    ]


def _secret(card: SecretCard, home: str) -> list[Block]:
    address = _address(card.href, home)
    if not address:
        return [context("It waits for you in Tickless: sign in there to see it, once.")]
    return [row(blocks.link_button("Show it, once", address))]


def _case(card: CaseCard, home: str) -> list[Block]:
    return [context(escape(f"Case {card.number}: {state_words(card.state, card.outcome)[:100]}"))]


def _solved(card: SolvedCard, home: str) -> list[Block]:
    return [
        row(
            button("Yes, it works", Button("solved", card.case), style="primary"),
            button("No, not yet", Button("unsolved", card.case), number=1),
        )
    ]


def _rating(card: RatingCard, home: str) -> list[Block]:
    effort = [
        button(label, Button("rate", card.case, {"effort": str(n)}), number=n) for n, label in enumerate(EFFORT, 1)
    ]
    expected = [
        button(label, Button("rate", card.case, {"expected": value}), number=n)
        for n, (value, label) in enumerate(EXPECTED, 11)
    ]
    return [
        context("How easy was it to get this done?"),
        row(*effort),
        context("Did it go as you expected?"),
        row(*expected),
    ]


def _answer(card: AnswerCard, home: str) -> list[Block]:
    cited = []
    for citation in card.citations[:9]:
        words = blocks.cut(f"{citation.title} · {citation.section}" if citation.section else citation.title, 150)
        address = _address(citation.href, home)
        cited.append(link(address, words) if address else escape(words))
    helped = row(
        button("This helped", Button("helped", card.case)),
        button("It did not", Button("not_helped", card.case), number=1),
    )
    return [*([context("From:", *cited)] if cited else []), helped]


def _list(card: ListCard, home: str) -> list[Block]:
    lines: list[Block] = [blocks.bold(card.title)] if tidy(card.title) else []
    for number, (label, says) in enumerate(card.items[:MOST_ITEMS]):
        lines.extend(
            {**line, "accessory": button("Choose", Button(says=tidy(says) or tidy(label)), number=number)}
            for line in sections(blocks.cut(label, 300))[:1]
        )
    return lines


def _address(href: str, home: str) -> str:
    """A whole address; empty where there is none that a browser could follow from Slack."""
    if href.startswith(("https://", "http://")):
        return href if len(href) <= 1_000 else ""
    return f"{home}{href}" if home and href.startswith("/") and len(href) <= 1_000 else ""


_DRAWN: dict[type[Any], Callable[[Any, str], list[Block]]] = {
    ChoicesCard: _choices,
    CodeCard: _code,
    FormCard: _form,
    ApprovalCard: _approval,
    PageCard: _page,
    SecretCard: _secret,
    CaseCard: _case,
    SolvedCard: _solved,
    RatingCard: _rating,
    AnswerCard: _answer,
    ListCard: _list,
}


def _draw(card: Card, home: str) -> list[Block]:
    return _DRAWN[type(card)](card, home)
