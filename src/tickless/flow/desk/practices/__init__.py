"""The desks of the practices, and what happens in them by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tickless.domain.major import MajorSettings
from tickless.domain.problem import ProblemSettings
from tickless.flow.desk.practices.change_clock import ChangeClock
from tickless.flow.desk.practices.changes import ChangesDesk
from tickless.flow.desk.practices.improvements import ImprovementsDesk
from tickless.flow.desk.practices.major import MajorDesk
from tickless.flow.desk.practices.major_clock import MajorClock
from tickless.flow.desk.practices.of_case import CasePractices
from tickless.flow.desk.practices.oncall import OnCallDesk
from tickless.flow.desk.practices.oncall_pages import OnCallPages
from tickless.flow.desk.practices.oncall_rules import OnCallRules
from tickless.flow.desk.practices.portfolio import PortfolioDesk
from tickless.flow.desk.practices.problems import ProblemsDesk
from tickless.flow.desk.practices.suppliers import SuppliersDesk
from tickless.flow.keeping import Keeping
from tickless.flow.rooms import Rooms


@dataclass(frozen=True)
class PracticesDesk:
    """One desk for each practice; `looks` is called every half minute, by one process."""

    changes: ChangesDesk
    major: MajorDesk
    on_call: OnCallDesk
    problems: ProblemsDesk
    improvements: ImprovementsDesk
    suppliers: SuppliersDesk
    portfolio: PortfolioDesk
    of_case: CasePractices
    looks: tuple[Callable[[dt.datetime], None], ...] = ()

    @classmethod
    def of(
        cls, rooms: Rooms, *, major: MajorSettings | None = None, problems: ProblemSettings | None = None
    ) -> PracticesDesk:
        keeping = Keeping(rooms)
        changes, bridge = ChangesDesk(keeping), MajorDesk(keeping, major or MajorSettings())
        pages, improvements = OnCallPages(keeping), ImprovementsDesk(keeping)
        suppliers = SuppliersDesk(keeping)
        known = ProblemsDesk(keeping, problems or ProblemSettings(), improvements)
        of_case = CasePractices(
            keeping, changes=changes, major=bridge, problems=known, suppliers=suppliers, pages=pages
        )
        return cls(
            changes=changes,
            major=bridge,
            on_call=OnCallDesk(keeping, pages, OnCallRules(keeping)),
            problems=known,
            improvements=improvements,
            suppliers=suppliers,
            portfolio=PortfolioDesk(keeping),
            of_case=of_case,
            looks=(
                ChangeClock(keeping, changes.parts).look,
                MajorClock(keeping, bridge).look,
                pages.look,
                improvements.look,
                suppliers.look,
            ),
        )
