"""What policy has to know of identity: how fresh a proof is, what changed lately, and who asks for how many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.person import Person
from tickless.domain.signal import Assurance
from tickless.journal import Tx

PROVED_AT = "proved_at"
"""Case input: when a one-time code was answered for it."""
ASSURED_BEFORE = "assured_before"
"""Case input: how sure it was who speaks before that code."""
PROOF_FRESH = dt.timedelta(minutes=30)
"""How long a one-time code counts. A plan that waited for an approval over night asks for another one."""
A_DAY = dt.timedelta(days=1)
NEVER = 10_000
"""Days that stand for never."""
PASSWORDS = "directory.reset-password"
_ASSURANCES: tuple[Assurance, ...] = ("none", "channel", "signed_in")


def is_fresh(case: Case, now: dt.datetime) -> bool:
    """Whether the code answered in this case counts still. Without a time on record nobody can tell, so it does not."""
    proved = case.inputs.get(PROVED_AT)
    return proved is not None and now - dt.datetime.fromisoformat(proved) <= PROOF_FRESH


def assurance_now(case: Case, now: dt.datetime) -> Assurance:
    """How sure we are now who speaks: a code that was answered too long ago is worth what there was before it."""
    if case.assurance != "step_up" or is_fresh(case, now):
        return case.assurance
    before = case.inputs.get(ASSURED_BEFORE, "none")
    return next((one for one in _ASSURANCES if one == before), "none")


def identity_facts(tx: Tx, case: Case, beneficiary: Person | None, *, now: dt.datetime) -> dict[str, Any]:
    """The fields of a run's context that are about identity."""
    fresh = is_fresh(case, now)
    return {
        "assurance": assurance_now(case, now),
        "delegate_of_target": beneficiary is not None and _stands_in(tx, case.speaker, beneficiary.id, now),
        "target_confirmed": beneficiary is not None and fresh and case.inputs.get("confirmed_by") == beneficiary.id,
        "identity_age_days": _age_days(tx, beneficiary, now) if beneficiary else NEVER,
        "asked_for_others": len(_others(tx, case, now)),
        "resets_lately": _resets(tx, beneficiary, now) if beneficiary else 0,
    }


def _stands_in(tx: Tx, delegate: str | None, person: str, now: dt.datetime) -> bool:
    table = tx.delegations.table.c
    mine = (
        table.person == person,
        table.delegate == delegate,
        table.until > now,
    )  # what is over is not read, however much
    # one that somebody wrote down for themselves is for approvals: nobody may ask more by it than they might
    return delegate is not None and any(one.holds(now) and one.by != person for one in tx.delegations.where(*mine))


def _age_days(tx: Tx, person: Person, now: dt.datetime) -> int:
    """Days since the registered phone, a device or a channel account of that person last changed. What an administrator
    bound was looked at by a person, so it does not count."""
    times = [change.at for change in tx.person_changes.by(person=person.id)]
    times += [one.at for one in tx.bindings.by(person=person.id) if one.active and one.way != "administrator"]
    return max(0, (now - max(times)).days) if times else NEVER


def account_of(conversation: str) -> str:
    """What all conversations of one account begin with: `slack:<account>:`; the conversation itself where it has no parts."""
    head, colon, _ = conversation.rpartition(":")
    return head + colon if ":" in head else conversation


def _others(tx: Tx, case: Case, now: dt.datetime) -> set[str]:
    """Everybody but the speaker for whom this person, or this account, asked within a day, this case included."""
    table = tx.cases.table.c
    mine = (table.requester == case.speaker) if case.speaker else None
    if case.conversation:
        here = tx.cases.begins("conversation", account_of(case.conversation))
        mine = here if mine is None else mine | here
    if mine is None:
        return set()
    lately = tx.cases.where(mine, table.opened_at >= now - A_DAY, order=table.number.desc(), limit=200)
    people = {one.inputs.get("person", "") for one in lately}
    return people - {"", case.speaker or "", case.inputs.get("claimed", "")}


def _resets(tx: Tx, person: Person, now: dt.datetime) -> int:
    table = tx.resolutions.table.c
    lately = tx.resolutions.where(table.runbook == PASSWORDS, table.at >= now - A_DAY, limit=500)
    cases = {one.case for one in lately if one.outcome not in {"refused", "withdrawn", "handed_off"}}
    made = [tx.cases.get(case) for case in cases]
    return sum(1 for case in made if case is not None and (case.subject or "").startswith(f"person:{person.id}"))
