"""The weekly look at the ladder: what learning proposes is granted by the person with the right, as far as the house dares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickless.app.accelerated.scene import Scene
from tickless.domain.autonomy import EVERYWHERE, RUNGS, Rung
from tickless.domain.person import Person
from tickless.flow.keeping import Keeper
from tickless.stages.learn.core import DEMOTE_RECENT
from tickless.stages.learn.service import HOUSE


@dataclass(frozen=True)
class Granted:
    """One step up: by whom is in the audit record."""

    runbook: str
    rung: Rung


class Ladder:
    """`may_reach`: up to which rung a runbook is let now."""

    def __init__(self, scene: Scene, keeper: Person, may_reach: Callable[[str], Rung]) -> None:
        self._scene = scene
        self._keeper = Keeper(keeper.username, roles=frozenset({"admin"}), person=keeper)
        self._may_reach = may_reach
        self.granted: list[Granted] = []

    def look_at_brakes(self) -> None:
        """What the house has pulled because too little held is released by a person who has looked at it."""
        desk, by = self._scene.house.desk.brakes, self._keeper.by
        for switch in desk.board().switches:
            if switch.on and switch.by == HOUSE:
                desk.set_switch(switch.name, on=False, by=by, reason="looked at: it may go on")

    def look_at_falls(self) -> None:
        """Where a runbook fell and its latest tries hold again, its whole ledger counts once more, with what went badly."""
        desk = self._scene.house.desk.autonomy
        for one in desk.everything():
            if one.fell is None or one.found.recent_bad or one.found.tries < DEMOTE_RECENT:
                continue
            self._scene.do(desk.set_rung(one.runbook, rung=one.rung, scope=one.scope, keeper=self._keeper,
                                         reason="looked at: what it met is put right, and it holds again"))  # fmt: skip

    def look(self) -> None:
        """Grant what is proposed: for runbooks as a whole, and where one stayed behind."""
        desk = self._scene.house.desk.autonomy
        for one in desk.proposals():
            if one.proposed is None or not (one.scope == EVERYWHERE or one.withheld):
                continue
            if RUNGS.index(one.proposed) > RUNGS.index(self._may_reach(one.runbook)):
                continue
            reason = f"{one.found.good} of {one.found.tries} went well on {one.found.days} days"
            self._scene.do(desk.set_rung(one.runbook, rung=one.proposed, scope=one.scope, keeper=self._keeper,
                                         reason=reason))  # fmt: skip
            self.granted.append(Granted(one.runbook, one.proposed))
