"""Holds the day against its script: by the journal, and by the estate itself."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.app.demo_progress import Progress, case_for, read_progress
from tickless.app.demo_state import DayState
from tickless.domain.case import Case
from tickless.domain.errors import TicklessError
from tickless.journal import Journal
from tickless.sample.day_events import Day, Event, Expect, Fact
from tickless.sample.estate.control import Effect, Estate


@dataclass(frozen=True)
class Judged:
    """`unmet`: what was scripted and did not come true, in words. `wrong_target`: effects that nobody expected there."""

    expected: int
    unmet: tuple[str, ...]
    wrong_target: int
    wrong: tuple[str, ...]

    @property
    def met(self) -> int:
        return self.expected - len(self.unmet)


def judge(day: Day, journal: Journal, estate: Estate, state: DayState) -> Judged:
    """Every expectation, and every effect."""
    progress = read_progress(journal, day.events)
    effects = estate.effects()
    unmet: list[str] = []
    expected = 0
    for event in day.events:
        for expect in event.expects:
            expected += 1
            problem = _problem(day, event, expect, progress, effects, estate=estate, state=state)
            if problem:
                unmet.append(f"{event.id}: {problem}")
    wrong = _wrong(day, progress, effects)
    return Judged(expected, tuple(unmet), len(wrong), tuple(wrong))


def _problem(
    day: Day,
    event: Event,
    expect: Expect,
    progress: dict[str, Progress],
    effects: list[Effect],
    *,
    estate: Estate,
    state: DayState,
) -> str:
    own = progress[event.id]
    wanted_cases = sum(expect.need is not None and not expect.joins for expect in event.expects)
    if event.door == "human" and len(own.cases) > wanted_cases:
        found = ", ".join(f"{case.number} {case.need}" for case in own.cases)
        return f"opened {len(own.cases)} cases, not {wanted_cases}: {found}"
    if expect.need is None:
        return "" if own.heard else "nobody answered"
    if expect.joins:
        return _joined(day, event, expect, progress)
    case = case_for(expect, own.cases)
    if case is None:
        found = ", ".join(f"{c.need} about {c.subject}" for c in own.cases) or "no case"
        return f"no case with the need {expect.need}; found {found}"
    if case.outcome not in expect.outcomes:
        return f"case {case.number} is {case.outcome or case.state}, not {' or '.join(expect.outcomes)}"
    wanted = max(e.regressions for one in day.events for e in one.expects
                 if e.need == expect.need and e.subject == expect.subject)  # fmt: skip
    if case.regressions < wanted or (case.regressions > wanted and not state.resumed):
        return f"case {case.number} came back {case.regressions} times, not {wanted}"
    done = {(effect.operation, effect.target) for effect in effects if owns(case, effect)}
    for effect in expect.effects:
        if (effect.operation, effect.target) not in done:
            return f"case {case.number}: {effect.operation} on {effect.target} is not in the estate's record"
    if expect.signs_in and event.id not in state.opened_links:
        return f"case {case.number}: nobody signed in with the new password"
    return next((wrong for fact in expect.facts if (wrong := _fact(fact, estate))), "")


def owns(case: Case, effect: Effect) -> bool:
    """Keys of effects are made of the case's id: of its runs, or of the questions whose codes were sent."""
    return f"_{case.id.removeprefix('case_')}_" in effect.key


def _joined(day: Day, event: Event, expect: Expect, progress: dict[str, Progress]) -> str:
    """Part of the other event's case, and nothing of its own; a person hears twice: that it's known, that it's over."""
    other = progress[expect.joins]
    if not any(case_for(one, other.cases) for one in day.event(expect.joins).expects):
        return f"{expect.joins} has no case"
    if event.door == "machine":
        return ""
    own = progress[event.id]
    return "" if own.heard >= 2 else "was not told when it was over"


def _fact(fact: Fact, estate: Estate) -> str:
    try:
        if fact.part == "service":
            found: object = estate.status(fact.path)
        else:
            found = estate.read(fact.part, fact.path).get(fact.field)
    except TicklessError as error:
        return f"{fact.path} cannot be read: {error.public}"
    if fact.sign == "is":
        held = found == fact.value
    else:
        assert isinstance(fact.value, int | float)
        number = float(found) if isinstance(found, int | float) else float("nan")
        held = number > fact.value if fact.sign == "above" else number < fact.value
    return "" if held else f"{fact.path}: {fact.field} is {found}, wanted {fact.sign} {fact.value}"


def _wrong(day: Day, progress: dict[str, Progress], effects: list[Effect]) -> list[str]:
    """Effects that no event expected of its own case."""
    allowed: list[tuple[Case, set[tuple[str, str]]]] = []
    for event in day.events:
        expected = {(effect.operation, effect.target) for expect in event.expects for effect in expect.effects}
        allowed += [(case, expected) for case in progress[event.id].cases]
    return [
        f"{effect.operation} on {effect.target} ({effect.key})"
        for effect in effects
        if not any(owns(case, effect) and (effect.operation, effect.target) in expected for case, expected in allowed)
    ]
