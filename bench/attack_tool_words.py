"""What an outside server says of its tools as a door: the house looks at them, people class them, a runbook calls them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import get_args

from bench.attack_scene import Scene
from bench.attack_toolserver import NEED, READER, RUNBOOK, TOOLS, WRITER
from bench.rungs import put_on
from bench.talking import NotReachable
from tickless.domain.errors import Conflict
from tickless.domain.runbook import Effect
from tickless.flow.desk.tools import Word

OPERATOR = "bench-operator"
EFFECTS = get_args(Effect)


def describe(scene: Scene) -> None:
    """The server says it of its tools; `classed` is what somebody who read the first text said of them. Later texts come
    afterwards. The house looks at them as it does every ten minutes, and an operator runs the runbook that calls both."""
    server, desk = scene.outside.tools, scene.house.house.desk
    first, *later = scene.texts()
    server.says = first
    desk.tools.look(TOOLS)
    _classify(scene)
    for text in later:
        server.says = text
        desk.tools.look(TOOLS)
    asyncio.run(desk.run(RUNBOOK, {"words": "toner"}, by=_of_it(scene), reason="an order"))
    scene.rest()
    with scene.house.house.journal.read() as tx:
        tried = any(tx.runs.by(case=case.id) for case in tx.cases.where(limit=20) if case.need == NEED)
    if not tried:
        raise NotReachable("no run came as far as the tools")


def _classify(scene: Scene) -> None:
    classed = scene.attack.given.classed
    if classed is None:
        return
    said = classed if isinstance(classed, dict) else dict.fromkeys((READER, WRITER), classed)
    desk = scene.house.house.desk
    offered = {row.name: row.offered.sha256 for row in desk.tools.box(TOOLS).rows if row.offered}
    for tool, effect in said.items():
        if tool not in offered or effect not in EFFECTS:
            raise NotReachable(
                f"given classed: {tool}: {effect}; the tools are {READER} and {WRITER}, effects {EFFECTS}"
            )
        with suppress(Conflict):
            desk.tools.classify(TOOLS, Word(str(tool), offered[tool], effect), by=f"user:{OPERATOR}")


def operator(scene: Scene) -> str:
    """Whoever runs the runbook, which no rung holds back; both are so before the attack begins."""
    entrance, person = scene.house.house.entrance, _of_it(scene)
    with scene.house.house.journal.read() as tx:
        known = tx.access.user_by_login(OPERATOR)
    if known is None:
        entrance.create_user(OPERATOR, roles=["operator"], person=person)
    put_on(scene.house.house.desk.autonomy, RUNBOOK, "auto")
    return person


def _of_it(scene: Scene) -> str:
    """A person who is no part of the attack."""
    parts = {role.ref for role in scene.roles.by_token.values()}
    return next(one.id for one in reversed(scene.house.company.people) if one.active and one.id not in parts)
