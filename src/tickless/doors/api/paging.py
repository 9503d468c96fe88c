"""Keyset pages: a cursor is the key of the last item shown. Opaque to callers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from tickless.domain.errors import BadInput
from tickless.doors.api.schemas import Page

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before")]
R = TypeVar("R")
S = TypeVar("S")


def page_of(found: Sequence[R], *, limit: int, key: Callable[[R], object], show: Callable[[R], S]) -> Page[S]:
    """A page out of up to `limit` + 1 records: the one too many only says that there is more."""
    shown = found[:limit]
    more = str(key(shown[-1])) if len(found) > limit and shown else None
    return Page(items=[show(record) for record in shown], next=more)


def number_in(cursor: str | None) -> int | None:
    """The number behind a cursor. Raises `BadInput`."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise BadInput("this cursor is none of ours", mend="use `next` of the page before, or leave it out")
    return int(cursor)
