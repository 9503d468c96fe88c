"""Who is on call, and whom to call next. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from tickless.domain.hours import Hours, read_hours
from tickless.domain.oncall import Layer, Load, PageOut, Schedule, Shift, Step
from tickless.domain.world import World

_DAY = dt.timedelta(days=1)
_QUARTER = dt.timedelta(minutes=15)
_USUAL = (8 * 60, 18 * 60)


def instant(day: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """A local time of a day, in UTC. One that is skipped is read by the clock before the change."""
    return dt.datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def turn_of(layer: Layer, zone: str, at: dt.datetime) -> int:
    """The number of the turn that a moment lies in, from 0; negative: before the first."""
    day = at.astimezone(ZoneInfo(zone)).date()
    if at < instant(day, layer.at, zone):
        day -= _DAY
    return (day - layer.first_day).days // layer.days


def _hours(layer: Layer, zone: str) -> Hours | None:
    if not layer.hours:
        return None
    read = read_hours(layer.hours)
    return Hours(read.spans, ZoneInfo(zone), read.closed) if read.zone.key == "UTC" else read


def _in_layer(layer: Layer, zone: str, at: dt.datetime, *, turn: int = 0) -> str | None:
    hours = _hours(layer, zone)
    number = turn_of(layer, zone, at)
    if number < 0 or (hours is not None and not hours.covers(at)):
        return None
    return layer.people[(number + turn) % len(layer.people)]


def on_call(schedule: Schedule, at: dt.datetime) -> str | None:
    """Who is on call at a moment; None: nobody."""
    for one in reversed(schedule.overrides):
        if one.starts_at <= at < one.ends_at:
            return one.person
    for layer in reversed(schedule.layers):
        person = _in_layer(layer, schedule.zone, at)
        if person is not None:
            return person
    return None


def next_up(schedule: Schedule, at: dt.datetime, *, but: str | None) -> str | None:
    """Who would be called if that one cannot: the next of the same layer, else anybody else of the schedule."""
    for layer in reversed(schedule.layers):
        if _in_layer(layer, schedule.zone, at) is not None:
            turns = (_in_layer(layer, schedule.zone, at, turn=step) for step in range(len(layer.people)))
            found = next((one for one in turns if one is not None and one != but), None)
            if found is not None:
                return found
    return next((one for layer in schedule.layers for one in layer.people if one != but), None)


def shifts(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """Who is called from when until when, without holes: a gap is a shift of nobody."""
    edges = sorted({since, *(at for at in _edges(schedule, since, until) if since < at < until)})
    found: list[Shift] = []
    for start, end in zip(edges, [*edges[1:], until], strict=True):
        person = on_call(schedule, start)
        if found and found[-1].person == person:
            found[-1] = found[-1].model_copy(update={"ends_at": end})
        elif start < end:
            found.append(Shift(person=person, starts_at=start, ends_at=end))
    return found


def _edges(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> Iterable[dt.datetime]:
    """Every moment at which somebody else may be called."""
    for one in schedule.overrides:
        yield from (one.starts_at, one.ends_at)
    for layer in schedule.layers:
        hours = _hours(layer, schedule.zone)
        day, last = since.date() - 2 * _DAY, until.date() + 2 * _DAY
        while day <= last:
            yield instant(day, layer.at, schedule.zone)
            if hours is not None:
                yield from _edges_of_hours(hours, day)
            day += _DAY


def _edges_of_hours(hours: Hours, day: dt.date) -> Iterable[dt.datetime]:
    midnight = dt.datetime.combine(day, dt.time(0), tzinfo=hours.zone)
    begins, ends = midnight.astimezone(dt.UTC), (midnight + _DAY).astimezone(dt.UTC)
    for minute in {0, *(one for span in hours.spans for one in (span.start, span.end % 1440))}:
        local = midnight.replace(hour=minute // 60, minute=minute % 60)
        yield local.astimezone(dt.UTC)
    if ends - begins != _DAY:  # the clocks are changed on that day: what they say jumps
        at = begins
        while at < ends:
            yield at
            at += _QUARTER
            for minute in {one % 60 for span in hours.spans for one in (span.start, span.end)}:
                yield at.replace(minute=minute)


def gaps(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """When nobody is on call."""
    return [one for one in shifts(schedule, since, until) if one.person is None]


def unsocial(starts: dt.datetime, ends: dt.datetime, zone: str) -> dt.timedelta:
    """How much of a span lies outside of Mon-Fri 08:00-18:00, by the clocks of the zone."""
    usual, place = dt.timedelta(0), ZoneInfo(zone)
    day, last = starts.astimezone(place).date(), ends.astimezone(place).date()
    while day <= last:
        if day.weekday() < 5:
            opens, closes = (instant(day, dt.time(minute // 60), zone) for minute in _USUAL)
            usual += max(dt.timedelta(0), min(ends, closes) - max(starts, opens))
        day += _DAY
    return (ends - starts) - usual


def load(schedule: Schedule, since: dt.datetime, until: dt.datetime, pages: Iterable[PageOut] = ()) -> list[Load]:
    """What everybody carries, who carries most of the nights and weekends in front."""
    hours: dict[str, list[float]] = {person: [0.0, 0.0, 0, 0] for layer in schedule.layers for person in layer.people}
    for one in shifts(schedule, since, until):
        if one.person is not None:
            mine = hours.setdefault(one.person, [0.0, 0.0, 0, 0])
            mine[0] += (one.ends_at - one.starts_at) / dt.timedelta(hours=1)
            mine[1] += unsocial(one.starts_at, one.ends_at, schedule.zone) / dt.timedelta(hours=1)
    for page in pages:
        for call in page.calls:
            if since <= call.at < until:
                mine = hours.setdefault(call.person, [0.0, 0.0, 0, 0])
                mine[2] += 1
                mine[3] += int(unsocial(call.at, call.at + _QUARTER, schedule.zone) > dt.timedelta(0))
    found = [
        Load(person=key, hours=round(all_, 2), unsocial=round(bad, 2), pages=int(called), pages_unsocial=int(late))
        for key, (all_, bad, called, late) in hours.items()
    ]
    return sorted(found, key=lambda one: (-one.unsocial, one.person))


def due_step(schedule: Schedule, page: PageOut, now: dt.datetime) -> int | None:
    """The step of the escalation that is due and was not taken yet; None: nothing is."""
    step = next_step(schedule, page)
    since = max(page.made_at, page.waits_until or page.made_at)
    waited = (now - since) / dt.timedelta(minutes=1)
    return step if step is not None and schedule.steps[step].after <= waited else None


def next_step(schedule: Schedule, page: PageOut) -> int | None:
    """The step of the escalation that follows those that were taken; None: there is none."""
    following = max((call.step for call in page.calls), default=-1) + 1
    return following if following < len(schedule.steps) else None


def whom(
    step: Step, schedule: Schedule, *, service: str | None, called: Sequence[str], world: World, at: dt.datetime
) -> str | None:
    """Whom a step calls; None: nobody can be found, or they were called already."""
    first = on_call(schedule, at)
    known = world.services.get(service or "")
    owner = (known.owner if known else None) or schedule.owner
    last = called[-1] if called else first or owner or ""
    boss = world.people[last].manager if last in world.people else None
    found = {"on_call": first, "next": next_up(schedule, at, but=first), "service_owner": owner, "manager": boss}
    person = found.get(step.whom, step.whom)
    return person if person and person not in called else None
