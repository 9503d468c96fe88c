"""What may be written down, and what is wrong with it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.errors import BadInput
from tickless.domain.known import KnownError, Maintenance
from tickless.domain.world import World

LONGEST_WINDOW = dt.timedelta(days=31)


def check_error(error: KnownError, world: World) -> KnownError:
    """The error with its service and owner as ids. Raises `BadInput`."""
    if not error.workaround.strip():
        raise BadInput("a known error needs a workaround", mend="say what people can do until it is mended")
    if not error.symptoms and error.service is None:
        raise BadInput(
            "nobody could be told of this error",
            mend="give symptoms as people describe them, or the service it is about",
        )
    service = _service(error.service, world) if error.service else None
    return error.model_copy(update={"service": service, "owner": _owner(error.owner, world)})


def check_window(window: Maintenance, world: World, *, now: dt.datetime) -> Maintenance:
    """The window with its service and owner as ids. Raises `BadInput`."""
    if window.ends_at <= window.starts_at:
        raise BadInput(
            "planned work ends after it begins", mend="look at the two times; both are UTC unless they say otherwise"
        )
    if window.ends_at <= now:
        raise BadInput("that time is over already", mend="give an end that is still to come")
    if window.ends_at - window.starts_at > LONGEST_WINDOW:
        raise BadInput("planned work takes at most a month", mend="plan it in parts")
    return window.model_copy(update={"service": _service(window.service, world), "owner": _owner(window.owner, world)})


def going_on(windows: Sequence[Maintenance], *, now: dt.datetime) -> list[Maintenance]:
    """The windows that are open now, the one that ends first in front."""
    found = [window for window in windows if not window.cancelled and window.starts_at <= now < window.ends_at]
    return sorted(found, key=lambda window: (window.ends_at, window.id))


def _service(name: str, world: World) -> str:
    known = world.service_named(name)
    if known is None:
        raise BadInput(f"there is no service {name[:80]!r}", mend="name one of the service map")
    return known.id


def _owner(name: str | None, world: World) -> str | None:
    if not name:
        return None
    person = world.person_called(name)
    if person is None:
        raise BadInput(f"there is nobody called {name[:80]!r}", mend="give a user name or an address")
    return person.id
