"""When an incident is a major one, who may have which role, what is told and when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case
from tickless.domain.errors import BadInput
from tickless.domain.major import MajorIncident, MajorSettings, Update
from tickless.domain.world import World


def criteria_met(case: Case, rules: MajorSettings) -> tuple[str, ...]:
    """Why an incident is a major one; empty: it is none."""
    found = []
    if case.kind != "incident":
        return ()
    if case.impact.priority <= rules.priority:
        found.append(f"Its priority is {case.impact.priority}.")
    if case.impact.people is not None and case.impact.people >= rules.people:
        found.append(f"{case.impact.people} people feel it.")
    if len(case.impact.services) >= rules.services:
        found.append(f"{len(case.impact.services)} services feel it.")
    if _critical(case, rules):
        found.append(
            f"A service of criticality {case.impact.criticality} feels it, at priority {case.impact.priority}."
        )
    return tuple(found)


def _critical(case: Case, rules: MajorSettings) -> bool:
    """A warning says that something may come, not that anybody feels it."""
    known = case.impact.criticality
    if known is None or known > rules.criticality or case.impact.severity in {"warning", "info"}:
        return False
    return case.impact.priority <= rules.critical_priority


def with_roles(
    major: MajorIncident, *, commander: str | None, communications: str | None, specialists: Sequence[str] | None
) -> MajorIncident:
    """With these roles; None leaves one as it is. Raises `BadInput` where somebody would have two."""
    made = major.model_copy(
        update={
            "owner": commander or major.owner,
            "communications": communications or major.communications,
            "specialists": tuple(dict.fromkeys(specialists)) if specialists is not None else major.specialists,
        }
    )
    people = [one for one in (made.owner, made.communications, *made.specialists) if one]
    twice = next((one for one in people if people.count(one) > 1), None)
    if twice is not None:
        raise BadInput(
            f"{twice} would have two roles", mend="who leads does not also write the news, and who mends does neither"
        )
    return made


def filled(major: MajorIncident) -> bool:
    """Whether every role that a bridge needs is somebody's."""
    return bool(major.owner and major.communications and major.specialists)


def with_update(
    major: MajorIncident, text: str, *, by: str, now: dt.datetime, minutes: int | None, over: bool = False
) -> MajorIncident:
    """After everybody was told something; it promises the next news unless it is over."""
    late = max(0.0, (now - major.next_update_at).total_seconds()) if major.next_update_at else 0.0
    following = None if over else now + dt.timedelta(minutes=minutes or major.cadence)
    stage = "over" if over else "progress" if major.updates else "first"
    made = Update.model_validate(
        {"at": now, "by": by, "stage": stage, "text": text, "next_at": following, "late": late}
    )
    return major.model_copy(
        update={"updates": (*major.updates, made), "next_update_at": following, "overdue_told_at": None}
    )


def update_template(major: MajorIncident, *, world: World, now: dt.datetime) -> str:
    """Words for the next update, to be filled in: what is affected, what is known, what is done, when there is news again."""
    place = world.services.get(major.service or "")
    name = place.name if place else "a service"
    then = now + dt.timedelta(minutes=major.cadence)
    if not major.updates:
        head = f"There is trouble with {name} since {_clock(major.declared_at or now)}. We have put a team together."
        doing = "What works and what does not: … "
    else:
        head = f"{name}: news of {_clock(now)}."
        known = world.services[major.cause].name if major.cause in world.services else ""
        doing = f"The cause lies at {known}. " if known else "The cause is being looked for. "
        doing += "What has been done: … "
    return f"{head} {doing}What you can do meanwhile: … Next news at {_clock(then)}."


def in_time(major: MajorIncident, *, until: dt.datetime) -> tuple[int, int]:
    """(updates that came when they were promised, updates that were promised) until a moment."""
    kept = sum(1 for one in major.updates if one.late == 0)
    promised = len(major.updates)
    if major.next_update_at is not None and major.next_update_at < until:
        promised += 1
    return kept, promised


def review_draft(major: MajorIncident, *, world: World, opened_at: dt.datetime | None, names: dict[str, str]) -> str:
    """A review to be finished by people: facts from the record, questions where only people know."""
    place = world.services.get(major.service or "")
    name = place.name if place else "no one service"
    kept, promised = in_time(major, until=major.stood_down_at or major.made_at)
    began, declared, over = opened_at or major.made_at, major.declared_at, major.stood_down_at
    cause = world.services[major.cause].name if major.cause in world.services else ""
    lines = [
        f"# Review: {major.title}",
        "",
        f"- Service: {name}. {' '.join(major.criteria)}",
        f"- Began {_stamp(began)}; declared {_stamp(declared)}"
        + (f" ({_minutes(declared - began)} later)" if declared else "")
        + f"; stood down {_stamp(over)}"
        + (f" ({_minutes(over - began)} in all)." if over else "."),
        f"- Led by {_who(major.owner, names)}; news by {_who(major.communications, names)}; "
        f"specialists: {', '.join(_who(one, names) for one in major.specialists) or 'none'}.",
        f"- Updates: {len(major.updates)}, {kept} of {promised} when they were promised.",
        f"- Cause: {cause or 'not named'}"
        + (f", named {_minutes(major.cause_named_at - began)} after it began." if major.cause_named_at else "."),
        "",
        "## Timeline",
        "",
        *(
            f"- {_stamp(one.at)} {_who(one.by, names)}: {one.text.splitlines()[0] if one.text else one.kind}"
            for one in major.story
        ),
        "",
        "## Questions for people",
        "",
        "- What would have shown it earlier?",
        "- What made it last as long as it did?",
        "- What went well, and should be kept?",
        "- Which actions follow, whose are they, until when, and how will it be seen that they helped?",
    ]
    return "\n".join(lines)


def _who(person: str | None, names: dict[str, str]) -> str:
    return names.get(person or "", person or "nobody")


def _clock(at: dt.datetime) -> str:
    return f"{at:%H:%M} UTC"


def _stamp(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _minutes(span: dt.timedelta) -> str:
    return f"{max(0, round(span.total_seconds() / 60))} minutes"
