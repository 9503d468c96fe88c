"""What a year stands on: the company, its days, who does the work of IT, and the turning points. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.person import Person
from tickless.sample.company import Company
from tickless.sample.year_calendar import at, next_working
from tickless.sample.year_events import Gaming


@dataclass(frozen=True)
class Staff:
    """`head`: of IT. `leads`: of its teams; the second is the one who wants figures to look well."""

    head: Person
    leads: tuple[Person, Person]
    analysts: tuple[Person, ...]
    engineers: tuple[Person, ...]
    network: tuple[Person, ...]
    developers: tuple[Person, ...]
    """Leads of engineering: they make changes."""
    finance: Person
    """Who owns payments."""

    @property
    def hands(self) -> tuple[str, ...]:
        """Ids of the service desk."""
        return tuple(one.id for one in self.analysts)


def staff_of(company: Company) -> Staff:
    """Raises `StopIteration` where the company has no IT department like this."""

    def titled(title: str, department: str = "IT") -> tuple[Person, ...]:
        return tuple(one for one in company.people if one.title == title and one.department == department)

    leads = titled("IT Team Lead")
    return Staff(
        head=next(iter(titled("Head of IT"))),
        leads=(leads[0], leads[1]),
        analysts=titled("Service Desk Analyst"),
        engineers=titled("Systems Engineer"),
        network=titled("Network Engineer"),
        developers=titled("Engineering Lead", "Engineering"),
        finance=next(iter(titled("Finance Director", "Finance"))),
    )


@dataclass(frozen=True)
class Frame:
    """`days`: of the year, in order. The turning points are told by `on`."""

    company: Company
    staff: Staff
    days: tuple[dt.date, ...]
    seed: int

    def on(self, month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """That day of the year, or the next one on which the office works. Beyond the last day where the year is shorter."""
        year = self.days[0].year
        found = dt.date(year, month, day)
        if found < self.days[0]:
            found = dt.date(year + 1, month, day)
        return at(next_working(found), hour, minute)

    @property
    def begins(self) -> dt.datetime:
        return at(self.days[0], 0)

    @property
    def ends(self) -> dt.datetime:
        return at(self.days[-1], 0) + dt.timedelta(days=1)

    @property
    def articles(self) -> dt.datetime:
        """From then on the missing articles are there."""
        return self.on(3, 20, 15)

    @property
    def runbook(self) -> dt.datetime:
        """When the runbook for slow services is published."""
        return self.on(4, 14, 14)

    @property
    def gaming(self) -> Gaming:
        return Gaming(self.staff.leads[1].id, self.on(5, 5, 7), self.on(6, 30, 18))

    @property
    def failing(self) -> dt.datetime:
        """When the change begins that fails."""
        return self.on(9, 16, 5, 0)

    @property
    def bad_days(self) -> tuple[dt.date, ...]:
        """A week in which new VPN profiles are lost again within hours: an update of the gateway, put right at its end."""
        first = self.on(11, 10).date()
        return tuple(first + dt.timedelta(days=number) for number in range(4))

    @property
    def leak_ends(self) -> dt.datetime:
        """When the cause of the leaking pool is removed."""
        return self.on(10, 7, 20)


def frame_of(company: Company, begins: dt.date, days: int, seed: int) -> Frame:
    return Frame(company, staff_of(company), tuple(begins + dt.timedelta(days=one) for one in range(days)), seed)
