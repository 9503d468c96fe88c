"""Service excellence: from delivering (1) to delighting (5), after the levels of the pyramid of ISO 23592. Pure."""

from __future__ import annotations

from typing import Final

from tickless.stages.measure.maturity import queries as ask
from tickless.stages.measure.maturity.model import Criterion, Query


def _excel(place: int, name: str, says: str, query: Query, *, at: float, why: str, step: str, link: str, most: bool = False,
           question: str = "") -> Criterion:  # fmt: skip
    return Criterion(id=f"excellence.{name}", model="excellence", place=place, says=says, query=query, threshold=at, most=most,
                     reason=why, step=step, link=link, question=question)  # fmt: skip


EXCELLENCE: Final = (
    _excel(
        1,
        "delivers",
        "Cases are solved",
        ask.metric("mttr_resolve"),
        at=0,
        why="The core service comes first.",
        link="/figures/mttr_resolve",
        step="Solve and close a first case here.",
    ),
    _excel(
        2,
        "listens",
        "One in ten people says how it was",
        ask.metric("answers_given", least=10),
        at=0.1,
        why="Below that the answers are of those who are very happy or very angry.",
        link="/figures/answers_given",
        step="Ask after each case, in the channel it came by.",
    ),
    _excel(
        2,
        "acts_on_it",
        "What people say is acted on",
        ask.answered("excellence.acts_on_it"),
        at=2,
        why="Feedback that changes nothing dries up.",
        link="/maturity",
        step="Take one complaint a month and tell who complained what was changed.",
        question="Is there a person who reads what people say, and does something changes because of it each month?",
    ),
    _excel(
        3,
        "reliable",
        "Eight in ten who answer are satisfied",
        ask.metric("csat", least=20),
        at=0.8,
        why="Reliable service satisfies; below that it is luck.",
        link="/figures/csat",
        step="Look at the category with the lowest satisfaction.",
    ),
    _excel(
        3,
        "holds",
        "At most one in ten has to come back",
        ask.metric("reopened", least=20),
        at=0.1,
        most=True,
        why="Who has to come back was not served.",
        link="/figures/reopened",
        step="Add a check to what comes back most.",
    ),
    _excel(
        3,
        "easy",
        "It costs people little effort",
        ask.metric("ces", least=10),
        at=2.0,
        most=True,
        why="Two of five is easy; effort drives people away more than delight brings them.",
        link="/figures/ces",
        step="Find what they were asked twice.",
    ),
    _excel(
        4,
        "anticipates",
        "More is noticed first by machines than by people",
        ask.metric("proactive_ratio", least=10),
        at=1.0,
        why="One to one is where people stop being the monitor.",
        link="/figures/proactive_ratio",
        step="Alert on what people reported first.",
    ),
    _excel(
        4,
        "tells",
        "Half of those who are affected are told before they ask",
        ask.fact("told_first", "part of affected people's incidents with a bulletin", "share"),
        at=0.5,
        why="Being told is most of what people want while they wait.",
        link="/known",
        step="Announce in the next incident with more than one person.",
    ),
    _excel(
        5,
        "beyond",
        "One in four says that it was better than expected",
        ask.fact("better", "part of answers that say better than expected", "share"),
        at=0.25,
        why="Delight is rare by nature; one in four is far beyond chance.",
        link="/figures/csat",
        step="Look at what was different where people said so.",
    ),
    _excel(
        5,
        "speed",
        "Half of people's cases are solved without waiting for anybody",
        ask.metric("deflection", least=50),
        at=0.5,
        why="The best wait is none.",
        link="/figures/deflection",
        step="Serve the next need end to end.",
    ),
    _excel(
        5,
        "designed",
        "Services are designed with those who use them",
        ask.answered("excellence.designed"),
        at=2,
        why="No record shows who was in the room.",
        link="/maturity",
        step="Invite three people who use it to the next service review.",
        question="Do people who use a service take part when it is designed or reviewed?",
    ),
)
