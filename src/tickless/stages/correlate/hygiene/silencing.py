"""Silences: what may be one, what one holds back, and which of them somebody should look at. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tickless.domain.errors import BadInput, Conflict
from tickless.domain.matchers import checked, fit_all, fits
from tickless.domain.silence import Silence
from tickless.stages.correlate.hygiene.news import Held, News

SHORTEST_REASON = 3
LONGEST_REASON = 500
SOON = dt.timedelta(hours=24)
IDLE_AFTER = dt.timedelta(days=1)
TOO_MUCH = 100
"""Alerts from which on one silence holds back much."""
Remark = Literal["ends_soon", "never_matched", "matches_much", "owner_gone", "long"]
REMARKS: Mapping[Remark, str] = {
    "ends_soon": "it ends within a day: what still fires then becomes a case",
    "never_matched": "it has held nothing back since it began",
    "matches_much": "it holds back much: are its matchers too wide?",
    "owner_gone": "its owner is no longer here: somebody else has to answer for it",
    "long": "it was extended again and again: this is a fault to mend, not to silence",
}


@dataclass(frozen=True)
class Limits:
    """How long one may be, from its beginning or from now; so it is again with each extension."""

    longest: dt.timedelta = dt.timedelta(days=30)


def check_silence(silence: Silence, limits: Limits, *, now: dt.datetime) -> Silence:
    """The silence, ready to be written down. Raises `BadInput`."""
    reason = " ".join(silence.reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadInput(
            f"a silence needs a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters", mend="say why it is quiet"
        )
    if silence.ends_at <= now:
        raise BadInput("that time is over already", mend="give an end that is still to come")
    if silence.ends_at <= silence.starts_at:
        raise BadInput("a silence ends after it begins", mend="look at the two times")
    if silence.ends_at - max(silence.starts_at, now) > limits.longest:
        days = limits.longest.total_seconds() / 86_400
        raise BadInput(
            f"a silence lasts at most {days:g} days", mend="make it shorter; it can be extended when it ends"
        )
    matchers = checked(silence.matchers)
    if fit_all(matchers, {}):
        raise BadInput(
            "these matchers fit every alert that there is", mend='name at least one label, such as service="shop"'
        )
    return silence.model_copy(update={"reason": reason, "matchers": matchers})


def extend(silence: Silence, *, until: dt.datetime, limits: Limits, now: dt.datetime) -> Silence:
    """The same, until then. Raises `BadInput`, and `Conflict` for one that is over."""
    if silence.state(now) == "expired":
        raise Conflict("this silence is over", mend="make a new one")
    return check_silence(silence.model_copy(update={"ends_at": until, "updated_at": now}), limits, now=now)


def expire(silence: Silence, *, now: dt.datetime) -> Silence:
    """The same, over now. Raises `Conflict` for one that is over."""
    if silence.state(now) == "expired":
        raise Conflict("this silence is over already")
    change = {"ends_at": now, "starts_at": min(silence.starts_at, now), "updated_at": now}
    return silence.model_copy(update=change)


def silenced(news: News, silences: Iterable[Silence], *, now: dt.datetime) -> Held | None:
    """What silences this alert: of several the one that ends last."""
    found = [one for one in silences if one.state(now) == "active" and fit_all(one.matchers, news.labels)]
    if not found:
        return None
    one = max(found, key=lambda silence: (silence.ends_at, silence.id))
    return Held("silenced", one.ends_at, f"Silenced: {one.reason}", one.id, one.owner)


def about_service(silence: Silence, services: Collection[str]) -> list[str]:
    """The services that its matcher on `service` names or leaves open: all of them when it has none. For policy."""
    about = [matcher for matcher in silence.matchers if matcher.name == "service"]
    return sorted(one for one in services if all(fits(matcher, {"service": one}) for matcher in about))


def remarks(silence: Silence, *, held: int, owner_here: bool, now: dt.datetime, limits: Limits) -> tuple[Remark, ...]:
    """Why somebody should look at a silence; nothing for one that is over. `held`: how many alerts it held back so far."""
    if silence.state(now) == "expired":
        return ()
    found: list[Remark] = []
    if not owner_here:
        found.append("owner_gone")
    if silence.ends_at - now <= SOON and silence.ends_at - silence.starts_at > SOON:
        found.append("ends_soon")
    if held == 0 and now - silence.starts_at >= IDLE_AFTER:
        found.append("never_matched")
    if held >= TOO_MUCH:
        found.append("matches_much")
    if silence.ends_at - silence.starts_at > limits.longest:
        found.append("long")
    return tuple(found)
