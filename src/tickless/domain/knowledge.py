"""A knowledge article."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

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
