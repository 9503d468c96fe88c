"""Cards: what goes with a message besides its words. Channel-neutral; each channel draws them in its own way.

A message stores its card as a plain mapping with `kind`; `read_card` gives the typed one back.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from tickless.domain.record import Record


class ChoicesCard(Record):
    """Answers to choose from; any other words are an answer, too."""

    kind: Literal["choices"] = "choices"
    question: str
    options: tuple[str, ...]


class CodeCard(Record):
    """A one-time code is expected."""

    kind: Literal["code"] = "code"
    question: str


class FormField(Record):
    """One field of a form. Without options it takes any text."""

    name: str
    label: str
    options: tuple[str, ...] = ()
    needed: bool = True


class FormCard(Record):
    """Several things asked for at once."""

    kind: Literal["form"] = "form"
    question: str
    title: str
    fields: tuple[FormField, ...]


class ApprovalCard(Record):
    """A plan that waits for a yes or no of this reader."""

    kind: Literal["approval"] = "approval"
    approval: str
    title: str
    summary: str
    href: str = ""
    """In a letter: a page of this reader's own, on which it is answered without signing in."""


class PageCard(Record):
    """This reader is called for a case: they have it, or the next one is called."""

    kind: Literal["page"] = "page"
    page: str
    number: int
    title: str


class SecretCard(Record):
    """A link that shows a secret once, to its person only. Only ever sent where nobody else reads."""

    kind: Literal["secret"] = "secret"
    href: str


class CaseCard(Record):
    """Where a case stands."""

    kind: Literal["case"] = "case"
    number: int
    state: str
    outcome: str | None = None


class SolvedCard(Record):
    """Does it work now? Yes or no."""

    kind: Literal["solved"] = "solved"
    case: str
    number: int


class RatingCard(Record):
    """Two taps: how easy it was (effort), and whether it went as expected."""

    kind: Literal["rating"] = "rating"
    case: str
    number: int


class Citation(Record):
    """A passage that an answer rests on."""

    article: str
    title: str
    section: str = ""
    href: str = ""


class AnswerCard(Record):
    """An answer from knowledge, with what it rests on; asks whether it helped."""

    kind: Literal["answer"] = "answer"
    case: str
    citations: tuple[Citation, ...]


class ListCard(Record):
    """Things to pick from, such as catalogue items, each with what is said when it is picked."""

    kind: Literal["list"] = "list"
    title: str
    items: tuple[tuple[str, str], ...]
    """(label, what picking it says)"""


Card = Annotated[
    ChoicesCard
    | CodeCard
    | FormCard
    | ApprovalCard
    | PageCard
    | SecretCard
    | CaseCard
    | SolvedCard
    | RatingCard
    | AnswerCard
    | ListCard,
    Field(discriminator="kind"),
]
_CARD: TypeAdapter[Card] = TypeAdapter(Card)


def read_card(stored: dict[str, Any] | None) -> Card | None:
    """The typed card of a message; None for none, and for a kind that this version does not know."""
    if stored is None:
        return None
    try:
        return _CARD.validate_python(stored)
    except ValidationError:
        return None


def store_card(card: Card | None) -> dict[str, object] | None:
    """As a message keeps it."""
    return None if card is None else card.model_dump(mode="json")
