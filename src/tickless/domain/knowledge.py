"""Knowledge articles, and what became of them when somebody asked."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record


class Article(Record):
    """Markdown text that answers a question, with an owner who keeps it true."""

    version: Literal[1] = 1
    id: str
    title: str
    text: str
    owner: str | None = None
    service: str | None = None
    reviewed_at: AwareDatetime
    state: Literal["draft", "published", "retired"] = "published"
    questions: tuple[str, ...] = ()
    """Ways in which people ask for it; they teach the language brain."""
    audience: tuple[str, ...] = ()
    """Departments that may read it; empty means everybody."""
    tags: tuple[str, ...] = ()
    review_days: int = Field(default=365, ge=1)
    source: str = ""
    """The file it comes from, if it is kept in git: then it is edited there."""


class ArticleVersion(Record):
    """An article as somebody left it. `id` is `<article>@<number>`, counted from 1."""

    version: Literal[1] = 1
    id: str
    article: Article
    number: int = Field(ge=1)
    by: str
    at: AwareDatetime
    note: str = ""


class Asked(Record):
    """A question that somebody asked, and what was answered from which article. Without an article nobody could answer."""

    version: Literal[1] = 1
    id: str
    conversation: str
    case: str | None = None
    person: str | None = None
    question: str
    article: str | None = None
    section: str = ""
    score: float = 0.0
    helped: bool | None = None
    """What the person said; None: nothing."""
    comment: str = ""
    at: AwareDatetime
