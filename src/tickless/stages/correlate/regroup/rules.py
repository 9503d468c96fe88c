"""What may be merged, split, linked and undone, and why not. Pure: an answer is a sentence that says why not, or None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from tickless.domain.case import Case, Impact, Participant, Priority, Role, is_part
from tickless.domain.regroup import Regroup
from tickless.journal.alerts import Alert
from tickless.stages.correlate.core import is_symptom
from tickless.stages.correlate.people import ABOUT_SERVICES, about_services

UNDO_WITHIN = dt.timedelta(hours=24)
"""How long a merge or split can be taken back."""
MOST_CASES = 50
"""That are merged at once."""
AT_WORK = frozenset({"acting", "verifying"})
TAKES_BACK = "requests.take-back"
"""Need of a case that undoes another one."""


def stands(case: Case) -> bool:
    """Somebody has it in hand: the house, or people."""
    return case.live or case.state == "handed_off"


def _about_machines(case: Case) -> bool:
    if case.kind not in {"incident", "risk"} or is_part(case) or case.need == TAKES_BACK:
        return False
    return case.door == "machine" or case.need in ABOUT_SERVICES or about_services(case)


def may_merge(into: Case, others: Sequence[Case], *, parts: Collection[str] = ()) -> str | None:
    """`parts`: those of the cases that wait for tasks of theirs."""
    if not others:
        return "a merge takes at least two cases"
    if len(others) > MOST_CASES:
        return f"at most {MOST_CASES} cases are merged at once"
    ids = [one.id for one in (into, *others)]
    if len(set(ids)) < len(ids):
        return "a case cannot be merged with itself"
    for case in (into, *others):
        if case.tenant != into.tenant:
            return "cases of different tenants are never one"
        if case.state == "merged":
            return f"case {case.number} is part of another case already"
        if not stands(case):
            return f"case {case.number} is over, and what is over is left as it was counted"
        if not _about_machines(case):
            return f"case {case.number} is about one person's own need: link it as a child instead"
        if case.id in parts:
            return f"case {case.number} waits for its own tasks"
    return None


def may_split(case: Case, alerts: Sequence[Alert], chosen: Sequence[Alert], *, leads: bool) -> str | None:
    """`alerts`: all of the case; `chosen`: those that are to leave it; `leads`: whether what leaves led the case."""
    if not chosen:
        return "choose the alerts that do not belong here"
    if not stands(case):
        return f"case {case.number} is {'part of another case' if case.state == 'merged' else 'over'}"
    if case.door == "machine" and len(chosen) == len(alerts):
        return "something has to stay in the case: merge it with another one instead"
    if leads and case.state in AT_WORK:
        return f"case {case.number} is being worked on for just these alerts: wait until that is done, or stop it"
    return None


def may_link(child: Case, parent: Case, *, parent_of_child: str | None, parent_of_parent: str | None) -> str | None:
    """`parent_of_…`: to which case each is linked already."""
    if child.id == parent.id:
        return "a case is not its own child"
    if child.tenant != parent.tenant:
        return "cases of different tenants are not linked"
    if child.state == "merged" or parent.state == "merged":
        return "a merged case has no life of its own: link the case that it went into"
    if is_part(child) or child.need == TAKES_BACK:
        return f"case {child.number} belongs to a request already"
    if parent_of_child not in {None, parent.id}:
        return f"case {child.number} is the child of another case already: unlink it there first"
    if parent_of_parent is not None:
        return f"case {parent.number} is a child itself: link to its parent"
    if not stands(parent):
        return f"case {parent.number} is over"
    return None


def may_undo(
    regroup: Regroup,
    *,
    now: dt.datetime,
    later: Regroup | None,
    into: Case,
    left: Sequence[Case],
    irreversible: str | None,
) -> str | None:
    """`later`: one that stands and touched the same cases since; `into`, `left`: its cases as they are now; `irreversible`:
    what was done since, for what was moved, and cannot be taken back."""
    if now - regroup.at > UNDO_WITHIN:
        return f"it is longer ago than {UNDO_WITHIN.total_seconds() / 3600:.0f} hours"
    if later is not None:
        return f"a later {later.kind} touched the same cases: undo that first ({later.id})"
    if not stands(into):
        return f"case {into.number} is over since, and everything in it was counted with it"
    gone = next((case for case in left if not stands(case)), None) if regroup.kind == "split" else None
    if gone is not None:
        return f"case {gone.number} is over since"
    if irreversible is not None:
        return f"{irreversible} was done since for the alerts that were moved, and that cannot be taken back"
    if regroup.led and left[0].state in AT_WORK:
        return f"case {left[0].number} is being worked on just now"
    if regroup.opened and into.state in AT_WORK:
        return f"case {into.number} is being worked on just now"
    return None


def leading(alerts: Iterable[Alert]) -> Alert:
    """Which of some alerts a case is about: what says what is broken before what only hurts, what fires before what is over,
    the earliest of those."""
    return min(alerts, key=lambda one: (one.state != "firing", is_symptom(one.need), one.occurred_at, one.fingerprint))


def best_lead(cases: Sequence[Case]) -> Case:
    """Which of several cases the others are merged into: one that is at work, then one about a cause, then the oldest."""
    return min(
        cases, key=lambda one: (one.state not in AT_WORK, one.door != "machine", is_symptom(one.need), one.number)
    )


def impact_of(into: Case, others: Sequence[Case]) -> Impact:
    """The whole hurts at least as much as its parts: the most urgent priority, everybody's services; how many people nobody
    knows together unless one of them counts for all that is known."""
    impacts = [case.impact for case in (into, *others)]
    most = min(impacts, key=lambda one: one.priority)
    priority: Priority = most.priority
    services = tuple(dict.fromkeys(service for one in impacts for service in one.services))
    known = [one.people for one in impacts if one.people is not None]
    people = max(known, default=None)
    criticality = min((one.criticality for one in impacts if one.criticality is not None), default=None)
    if (priority, services, people, criticality) == (
        into.impact.priority, into.impact.services, into.impact.people, into.impact.criticality,
    ):  # fmt: skip
        return into.impact
    number = next(case.number for case in (into, *others) if case.impact is most)
    reason = into.impact.reason
    if priority < into.impact.priority:
        reason = f"{reason} As urgent as case {number}, which is part of it: {most.reason}".strip()
    change = {
        "priority": priority,
        "services": services,
        "people": people,
        "criticality": criticality,
        "reason": reason,
    }
    return into.impact.model_copy(update=change)


def role_in(into_owner: str | None, member: Participant) -> Role:
    """What somebody is in the case that theirs was merged into: who asked is one of those affected, and it keeps its owner."""
    if member.role == "requester":
        return "affected"
    if member.role == "owner" and into_owner not in {None, member.ref}:
        return "helper"
    return member.role


def children_of_part(case: Case) -> bool:
    """Whether a case's `parent` was set by a link of people (or of a report to its incident), and not by a request."""
    return case.parent is not None and not is_part(case) and case.need != TAKES_BACK


def led_by(case: Case, chosen: Iterable[Alert], stay: Iterable[Alert]) -> bool:
    """Whether a case is about what is to leave it, and about nothing of what stays. A case that people opened is not."""
    if case.door != "machine":
        return False

    def leads(one: Alert) -> bool:
        return (one.need, one.service) == (case.need, case.service)

    return any(leads(one) for one in chosen) and not any(leads(one) for one in stay)
