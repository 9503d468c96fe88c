"""The five levels of the Capability Maturity Model Integration, read for IT operations; level 1 is given. Pure."""

from __future__ import annotations

from typing import Final

from tickless.stages.measure.maturity import queries as ask
from tickless.stages.measure.maturity.model import Criterion, Query


def _cmmi(place: int, name: str, says: str, query: Query, *, at: float, why: str, step: str, link: str,
          most: bool = False) -> Criterion:  # fmt: skip
    return Criterion(id=f"cmmi.{name}", model="cmmi", place=place, says=says, query=query, threshold=at, most=most, reason=why,
                     step=step, link=link)  # fmt: skip


CMMI: Final = (
    _cmmi(
        2,
        "counted",
        "Work is planned and tracked: the backlog is known",
        ask.weeks("backlog"),
        at=4,
        why="A month of weeks shows that it is no single effort.",
        link="/figures/backlog",
        step="Keep cases here, or import tickets weekly.",
    ),
    _cmmi(
        2,
        "owners",
        "Services have somebody who answers for them",
        ask.part("owned", "services", "services have an owner"),
        at=0.8,
        why="Managed means that somebody is responsible; a fifth may be in change.",
        link="/map",
        step="Name owners.",
    ),
    _cmmi(
        2,
        "promises",
        "What was promised is measured",
        ask.told("sla_met"),
        at=0.5,
        why="A promise that is not measured is not managed.",
        link="/figures/sla_met",
        step="Say what is promised by priority, or import it with the tickets.",
    ),
    _cmmi(
        3,
        "defined",
        "The standard way is written down: runbooks with checks",
        ask.fact("verified_runbooks", "runbooks with a check"),
        at=5,
        why="Five cover the usual deterministic needs.",
        link="/runbooks",
        step="Write down the procedure that is done most by hand.",
    ),
    _cmmi(
        3,
        "classified",
        "Nine in ten cases have a category",
        ask.told("repeat_contacts"),
        at=0.9,
        why="A process that cannot say what it works on is not defined.",
        link="/figures/miscategorised",
        step="Teach the intents that are not understood.",
    ),
    _cmmi(
        3,
        "knowledge",
        "Articles are kept: nine in ten reviews are not overdue",
        ask.part("reviewed", "articles", "articles are reviewed"),
        at=0.9,
        why="Standards that nobody keeps are memories.",
        link="/knowledge/review",
        step="Review the oldest article.",
    ),
    _cmmi(
        3,
        "changes",
        "Changes have a record and an outcome",
        ask.part("judged_changes", "changes", "changes have an outcome"),
        at=0.8,
        why="What changes services is part of the defined process.",
        link="/changes",
        step="Let deployments and changes be told here.",
    ),
    _cmmi(
        4,
        "weeks",
        "The time to resolve is known for three months",
        ask.weeks("mttr_resolve"),
        at=12,
        why="Twelve weeks are the least in which ordinary variation shows.",
        link="/figures/mttr_resolve",
        step="Go on measuring; import what came before.",
    ),
    _cmmi(
        4,
        "baseline",
        "Half of the worth that is claimed rests on a baseline",
        ask.fact("measured_share", "part of the worth that is measured", "share"),
        at=0.5,
        why="Quantitatively managed means against a number of one's own.",
        link="/value",
        step="Import handling times, and say which past category a need is.",
    ),
    _cmmi(
        4,
        "no_game",
        "No figure is warned of",
        ask.fact("open_warnings", "warnings of the guard"),
        at=0,
        most=True,
        why="A figure that is gamed manages nothing.",
        link="/guard",
        step="Look at the first warning's cases.",
    ),
    _cmmi(
        5,
        "recurrence",
        "What recurs gets less",
        ask.better("recurrence"),
        at=0.05,
        why="Optimising removes causes; one in twenty less is more than chance in most houses.",
        link="/figures/recurrence",
        step="Raise a problem for what recurs most.",
    ),
    _cmmi(
        5,
        "problems",
        "Problems are closed with a measured outcome",
        ask.part("problems_measured", "problems", "problems have a measured outcome"),
        at=0.5,
        why="An improvement that is not measured is hope.",
        link="/problems",
        step="Measure the outcome of the problem closed last.",
    ),
    _cmmi(
        5,
        "rehearsed",
        "What would change is tried on the past first",
        ask.fact("rehearsed", "tries on the past"),
        at=3,
        why="Three show that it is how things are done.",
        link="/policy",
        step="Try the next policy or runbook on the last month before it holds.",
    ),
)
