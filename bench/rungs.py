"""Puts a runbook on a rung in every scope, those with a bar of their own by name: a suite says where it begins."""

from __future__ import annotations

import asyncio

from tickless.domain.autonomy import EVERYWHERE
from tickless.flow.desk.autonomy import AutonomyDesk
from tickless.flow.keeping import Keeper
from tickless.stages.learn.core import Bars

BENCH = Keeper("bench", roles=frozenset({"admin"}))


def put_on(desk: AutonomyDesk, runbook: str, rung: str) -> None:
    """By the word of one who may, without evidence."""
    for scope in (EVERYWHERE, *Bars().stricter):
        asyncio.run(desk.set_rung(runbook, rung=rung, scope=scope, keeper=BENCH, reason="a bench"))
