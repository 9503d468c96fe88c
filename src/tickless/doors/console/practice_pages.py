"""What the practices' pages share: their addresses, what a form sent, whom and what may be chosen, and how it is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.record import Record
from tickless.doors.console.frame import Act, Build, Frame, Screen, Visit
from tickless.doors.console.frame import Form as Filled
from tickless.doors.console.sheet import Form
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.keeping import Keeper

R = TypeVar("R", bound=Record)


def parsed(shape: type[R], /, **values: Any) -> R:
    """A draft out of a form's values. Raises `BadInput` that names the first field that is wrong."""
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = " ".join(str(part) for part in first["loc"]).replace("_", " ")
        raise BadInput(f"“{field}”: {first['msg']}", mend="look at that field") from error


@dataclass(frozen=True)
class Sent:
    """A form that somebody sent, and who."""

    visit: Visit
    form: Filled
    by: Keeper

    @property
    def desk(self) -> PracticesDesk:
        return self.visit.desk.practices

    @property
    def key(self) -> str:
        """The record that the address names."""
        return self.visit.path("id")

    def text(self, name: str, longest: int = 4_000) -> str:
        """What a field says, or nothing."""
        return self.form.get(name, "").strip()[:longest]

    def maybe(self, name: str, longest: int = 400) -> str | None:
        """What a field says; None where it is empty."""
        return self.text(name, longest) or None

    def ticked(self, name: str) -> bool:
        return self.form.get(name) == "yes"

    def lines(self, name: str) -> tuple[str, ...]:
        return tuple(kept for line in self.form.get(name, "").splitlines() if (kept := line.strip()[:200]))

    def listed(self, name: str) -> tuple[str, ...]:
        """Names divided by commas or lines."""
        return tuple(
            part for line in self.form.get(name, "").splitlines() for one in line.split(",") if (part := one.strip())
        )

    def moment(self, name: str) -> dt.datetime:
        """A time, UTC. Raises `BadInput`."""
        try:
            return dt.datetime.fromisoformat(self.form.get(name, "")).replace(tzinfo=dt.UTC)
        except ValueError as error:
            raise BadInput(f"“{name.replace('_', ' ')}” is no time", mend="choose a day and a time, UTC") from error


Deed = Callable[[Sent], str | Screen]
"""Does it, and gives the address of the page that comes next, or a page. Blocks."""


def pages(
    frame: Frame, base: str, page: Build | None = None, *, one: Build | None = None, add: Deed | None = None,
    deeds: Mapping[str, Deed] | None = None,
) -> list[BaseRoute]:  # fmt: skip
    """A practice's addresses: its list, one record, a new record, and what can be done with one, each at `{id}/deed`."""
    found: list[BaseRoute] = [frame.show(base, "read", page)] if page is not None else []
    if add is not None:
        found.append(frame.deed(base, "own_cases", _act(add)))
    if one is not None:
        found.append(frame.show(f"{base}/{{id}}", "read", one))
    return [*found, *acts(frame, base, deeds or {})]


def acts(frame: Frame, base: str, deeds: Mapping[str, Deed]) -> list[BaseRoute]:
    """What can be done with one record, each at `{id}/deed`."""
    return [frame.deed(f"{base}/{{id}}/{name}", "own_cases", _act(deed)) for name, deed in deeds.items()]


def _act(deed: Deed) -> Act:
    async def act(visit: Visit, form: Filled) -> str | Screen:
        done = await run_in_threadpool(lambda: deed(Sent(visit, form, keeper_of(visit.visitor))))
        return f"{done}?told=kept_record" if isinstance(done, str) else done

    return act


def forms(visit: Visit, *made: Form) -> tuple[Form, ...]:
    """Forms for whoever may do something at all; policy rules each deed besides."""
    return made if visit.visitor.may("own_cases") else ()


@dataclass(frozen=True)
class Names:
    """How people and services are called. `staff`: who has an account here, and may be chosen."""

    staff: Mapping[str, str]
    services: Mapping[str, str]
    others: Mapping[str, str]

    def person(self, key: str | None, nobody: str = "") -> str:
        return self.staff.get(key or "") or self.others.get(key or "") or key or nobody

    def people(self, keys: Iterable[str], nobody: str = "") -> str:
        return ", ".join(dict.fromkeys(self.person(key) for key in keys)) or nobody

    def service(self, key: str | None, none: str = "") -> str:
        return self.services.get(key or "") or key or none

    def services_of(self, keys: Iterable[str], none: str = "") -> str:
        return ", ".join(self.service(key) for key in keys) or none

    def pick_person(self, none: str = "") -> tuple[tuple[str, str], ...]:
        """Options of a select, by name; `none`: what the empty one says, if there is one."""
        return _options({**self.others, **self.staff}, none)

    def pick_service(self, none: str = "") -> tuple[tuple[str, str], ...]:
        return _options(self.services, none)


def _options(named: Mapping[str, str], none: str) -> tuple[tuple[str, str], ...]:
    return ((("", none),) if none else ()) + tuple(sorted(named.items(), key=lambda pair: pair[1]))


def names_in(visit: Visit, people: Iterable[str | None] = ()) -> Names:
    """Names of this house's accounts, of all services, and of these people besides."""
    with visit.desk.journal.read() as tx:
        services = {one.id: one.name for one in tx.services.where(limit=5_000)}
        ids = {user.person for user in tx.access.users.where(limit=2_000) if user.active and user.person}
        staff = {key: known.name for key in sorted(ids) if (known := tx.people.get(key)) is not None}
        wanted = sorted({key.removeprefix("person:") for key in people if key} - set(staff))
        others = {key: known.name for key in wanted if (known := tx.people.get(key)) is not None}
    return Names(staff, services, others)
