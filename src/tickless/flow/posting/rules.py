"""When a message that did not get through is tried again, and whether the card of one that did can still be pressed. Pure."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import AuthFailed, Rejected, SettingsInvalid, TicklessError

GIVE_UP_AFTER = dt.timedelta(hours=24)
"""Counted from when the message was written: a later answer helps nobody."""
OPEN_FOR = dt.timedelta(days=14)
"""How long the card of a posted message is looked after."""
LONGEST_PAUSE = 300.0


def pause_after(error: TicklessError, *, tries: int) -> float | None:
    """Seconds until the next try, the `tries`-th having failed; None: again is useless."""
    growing = min(2.0 ** min(tries, 9), LONGEST_PAUSE)
    if error.retry.when == "after":
        return max(error.retry.seconds, growing)
    if error.retry.when == "after_human" or isinstance(error, SettingsInvalid):
        return min(15.0 * growing, LONGEST_PAUSE)
    return None


def next_try(error: TicklessError, *, tries: int, written: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """When to try again; None: give up, because it is useless or would be too late."""
    pause = pause_after(error, tries=tries)
    if pause is None:
        return None
    due = now + dt.timedelta(seconds=pause)
    return due if due <= written + GIVE_UP_AFTER else None


def look_again_after(age: dt.timedelta, *, urgent: bool) -> dt.timedelta:
    """When to look again whether a card of this age was answered: after a quarter of its age, within bounds."""
    longest = 60.0 if urgent else 3_600.0
    return dt.timedelta(seconds=min(max(age.total_seconds() / 4, 1.0), longest))


def surely_not_sent(error: TicklessError) -> bool:
    """Whether the channel said itself that it took nothing; silence and a time-out say nothing of the kind."""
    return isinstance(error, AuthFailed | Rejected | SettingsInvalid) or error.code == "rate_limited"


def holds_up_the_channel(error: TicklessError) -> bool:
    """Whether the next message would fail in the same way: nobody answers, or we are not let in."""
    return error.code != "rate_limited" and pause_after(error, tries=1) is not None
