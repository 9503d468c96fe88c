"""Silences in API v2's own words: `amtool silence add, query, expire, update`, and whatever else speaks it. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from tickless.domain.errors import BadInput, Conflict
from tickless.domain.matchers import Matcher, checked, fits, read_matchers
from tickless.domain.silence import Silence
from tickless.sdk.drop_in import Answer, Asked, SilenceBook, Silencing
from tickless.sdk.receiving import read_time


class _Matcher(msgspec.Struct):
    name: str
    value: str
    isRegex: bool = False  # noqa: N815 - the vendor's name
    isEqual: bool = True  # noqa: N815


class _Posted(msgspec.Struct):
    matchers: list[_Matcher]
    startsAt: str  # noqa: N815
    endsAt: str  # noqa: N815
    comment: str = ""
    createdBy: str = ""  # noqa: N815
    id: str = ""


_POSTED = msgspec.json.Decoder(_Posted)


def listed(asked: Asked, book: SilenceBook) -> Answer:
    """Those whose own matchers carry what `filter` asks for, as Alertmanager compares them."""
    wanted = read_matchers(asked.repeated.get("filter", ()))
    return Answer(200, [_told(one, asked.at) for one in book.all() if _fits(one, wanted)])


def _fits(silence: Silence, wanted: tuple[Matcher, ...]) -> bool:
    labels = {matcher.name: matcher.value for matcher in silence.matchers}
    return all(fits(matcher, labels) for matcher in wanted)


def one(asked: Asked, book: SilenceBook) -> Answer:
    return Answer(200, _told(book.one(asked.parts["id"]), asked.at))


def make(asked: Asked, book: SilenceBook) -> Answer:
    """A new one, or one in another's place. Its owner is who shows the token; `createdBy` is only what the client says."""
    try:
        posted = _POSTED.decode(asked.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"this is no silence: {error}"[:300], mend="send what amtool sends") from error
    matchers = checked(_matcher(found) for found in posted.matchers[:1_000])
    if not matchers:
        raise BadInput("a silence needs a matcher", mend="name at least one label")
    starts, ends = _time(posted.startsAt), _time(posted.endsAt)
    if ends is None:
        raise BadInput("a silence needs an end", mend="send endsAt")
    said = f"{posted.comment} ({posted.createdBy})" if posted.createdBy and posted.comment else posted.comment
    made = book.make(matchers, reason=said, starts_at=starts, ends_at=ends, instead_of=posted.id or None)
    return Answer(200, {"silenceID": made.id})


def expire(asked: Asked, book: SilenceBook) -> Answer:
    """To end one that is over already is no error for Alertmanager's clients."""
    try:
        book.expire(asked.parts["id"])
    except Conflict:
        return Answer(200, {})
    return Answer(200, {})


def _matcher(found: _Matcher) -> Matcher:
    if not 0 < len(found.name) <= 200 or len(found.value) > 1_000:
        raise BadInput("a matcher is empty or too long", mend="a name has up to 200 characters, a value up to 1,000")
    how = ("=~" if found.isEqual else "!~") if found.isRegex else ("=" if found.isEqual else "!=")
    return Matcher(name=found.name, how=how, value=found.value)


def _time(text: str) -> dt.datetime | None:
    if not text or text.startswith("0001-"):
        return None
    found = read_time(text)
    if found is None:
        raise BadInput(f"this is no time: {text[:40]!r}", mend="write RFC 3339")
    return found


def _told(silence: Silence, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": silence.id,
        "status": {"state": silence.state(now)},
        "updatedAt": silence.updated_at.isoformat(),
        "startsAt": silence.starts_at.isoformat(),
        "endsAt": silence.ends_at.isoformat(),
        "comment": silence.reason,
        "createdBy": silence.owner,
        "matchers": [
            {"name": one.name, "value": one.value, "isRegex": "~" in one.how, "isEqual": not one.how.startswith("!")}
            for one in silence.matchers
        ],
    }


SILENCES = (
    Silencing("GET", "/api/v2/silences", listed),
    Silencing("POST", "/api/v2/silences", make, changes=True),
    Silencing("GET", "/api/v2/silence/{id}", one),
    Silencing("DELETE", "/api/v2/silence/{id}", expire, changes=True),
)
