"""The catalogue: what people can ask for, in their own language."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tickless.domain.person import Person
from tickless.domain.record import Record


class CatalogueItem(Record):
    """One thing that can be requested: who may have it, how long it takes, and what support covers."""

    version: Literal[1] = 1
    id: str
    name: str
    summary: str
    """What it is, in the words of those who ask for it."""
    category: str = ""
    need: str
    """The intent that it leads to; runbooks serve it."""
    says: tuple[str, ...] = ()
    """Ways in which people ask for it; they teach the language brain."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Inputs that the item settles, as ids of records: `{"app": "driftview"}`."""
    departments: tuple[str, ...] = ()
    """Who is eligible; empty means everybody."""
    employment: tuple[Literal["employee", "contractor", "service"], ...] = ()
    """Kinds of employment that are eligible; empty means all."""
    approval: str = ""
    """Who has to say yes, in plain words; policy decides."""
    lead_time: str = ""
    """What to promise, in plain words: `a minute`, `two working days`; empty: nothing is promised."""
    support: str = ""
    """What is supported, and what is not."""
    owner: str | None = None
    service: str | None = None
    cost: str = ""
    active: bool = True

    def offered_to(self, person: Person | None) -> bool:
        """Whether this person may ask for it. Nobody known may ask for what is not for everybody."""
        if not self.active:
            return False
        if person is None:
            return not self.departments and not self.employment
        in_department = not self.departments or person.department in self.departments
        return in_department and (not self.employment or person.employment in self.employment)
