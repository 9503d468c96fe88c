"""Judges a conversation: every expected end came about, nothing else did, and nothing changed that no end allows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from bench.conversation_form import Conversation, End
from bench.estate_record import Change
from bench.happenings import Happening, Told
from bench.roles import Roles, fill

SOLVED = frozenset({"verified", "confirmed"})
_ACCOUNT = frozenset({"locked_since", "failed"})
_PASSWORD = _ACCOUNT | {"password", "password_changed_at", "password_expired", "must_change"}


@dataclass(frozen=True)
class Expected:
    """An end with its roles filled in."""

    end: End
    target: str
    object: str | None

    @property
    def solvable(self) -> bool:
        """Policy allows a resolution."""
        return bool(SOLVED & set(self.end.outcome))

    def __str__(self) -> str:
        about = f" about {self.object}" if self.object else ""
        return f"{self.end.need} for {self.target}{about}: {' or '.join(self.end.outcome)}"


@dataclass(frozen=True)
class Judged:
    """The verdict on one conversation. `problems`: empty when it ended as it has to."""

    problems: tuple[str, ...]
    wrong: tuple[str, ...]
    """Effects on anyone or anything that no end allows: must be none."""
    solvable: int
    solved: int
    matched: tuple[tuple[Expected, Happening | None], ...] = field(default=())


def expected_ends(conversation: Conversation, roles: Roles) -> list[Expected]:
    """The ends with their roles as records. Raises KeyError for a role that there is not."""
    return [
        Expected(end, roles.ref(end.target), None if end.object is None else roles.ref(end.object))
        for end in conversation.ends
    ]


def judge(
    conversation: Conversation,
    roles: Roles,
    told: Told,
    *,
    said: Sequence[str],
    changes: Iterable[Change],
    owners: dict[str, str],
    near: dict[str, frozenset[str]],
) -> Judged:
    """`said`: what Tickless said. `owners`: device → person. `near`: service → itself and what it needs."""
    wanted = expected_ends(conversation, roles)
    pairs = _match(wanted, told.happenings, owners)
    problems = [f"expected {one}; {_nearest(one, told)}" for one, found in pairs if found is None]
    used = {id(found) for _, found in pairs}
    cases = {found.case for _, found in pairs if found is not None and found.case}
    matched = {(one.need, one.person) for _, one in pairs if one is not None}
    extra = [
        one for one in told.happenings
        if one.must_match and id(one) not in used and one.case not in cases
        and not ("nothing" in one.outcomes and (one.need, one.person) in matched)  # said twice, and nothing more was done
    ]  # fmt: skip
    problems += [f"nobody asked for: {one}" for one in extra]
    wrong = [str(change) for change in changes if not any(_allows(one, change, roles, near) for one in wanted)]
    problems += [f"an effect that no end allows: {text}" for text in wrong]
    problems += _words(conversation, roles, said)
    if conversation.within_turns is not None and told.asked_back > conversation.within_turns:
        problems.append(f"asked back {told.asked_back} times, {conversation.within_turns} are allowed")
    solvable = [found for one, found in pairs if one.solvable]
    solved = sum(1 for found in solvable if found is not None and found.outcomes & SOLVED)
    return Judged(tuple(problems), tuple(wrong), len(solvable), solved, tuple(pairs))


def _match(
    wanted: Sequence[Expected], found: Sequence[Happening], owners: dict[str, str]
) -> list[tuple[Expected, Happening | None]]:
    """The assignment in which most ends came about; every happening stands for one end."""
    fits = [[place for place, one in enumerate(found) if _fits(end, one, owners)] for end in wanted]
    best: list[int | None] = [None] * len(wanted)
    for order in permutations(range(len(wanted))) if len(wanted) <= 5 else [tuple(range(len(wanted)))]:
        taken: dict[int, int] = {}
        for end in order:
            free = next((place for place in fits[end] if place not in taken.values()), None)
            if free is not None:
                taken[end] = free
        if len(taken) > sum(place is not None for place in best):
            best = [taken.get(end) for end in range(len(wanted))]
    return [(end, None if place is None else found[place]) for end, place in zip(wanted, best, strict=True)]


def _fits(wanted: Expected, found: Happening, owners: dict[str, str]) -> bool:
    if not set(wanted.end.outcome) & found.outcomes:
        return False
    if found.need is None:  # nothing was understood, and that was said
        return found.outcomes <= {"asked_back", "nothing"}
    return found.need == wanted.end.need and _about(wanted, found, owners)


def _about(wanted: Expected, found: Happening, owners: dict[str, str]) -> bool:
    """Whether it is for the right person and about the right thing; what the house left open fits, unless it was solved."""
    sure = bool(found.outcomes & SOLVED) and found.must_match
    known = {found.person, *found.refs}
    whose = owners.get(wanted.target, wanted.target)
    person = wanted.target in known or whose in known or (not sure and found.person is None)
    if wanted.object is None or wanted.object in found.refs:
        return person
    return person and not sure and not found.refs


def _nearest(wanted: Expected, told: Told) -> str:
    same = [one for one in told.happenings if one.need == wanted.end.need] or told.happenings
    return "found " + " | ".join(str(one) for one in same) if same else "nothing came of it"


def _allows(wanted: Expected, change: Change, roles: Roles, near: dict[str, frozenset[str]]) -> bool:
    """Whether an end that may be solved explains this difference."""
    need = wanted.end.need
    if not wanted.solvable and "answered" not in wanted.end.outcome:
        return False
    if need in {"joiner", "mover", "leaver"}:
        everybody = _people(roles)
        return change.person == wanted.target or not everybody & {wanted.target, change.person}
    if need == "incident_report":
        return change.service is not None and change.service in near.get(wanted.target, frozenset())
    if need == "approval_answer":
        return change.app is not None and wanted.object in {None, change.app}
    mine = wanted.target in {change.person, change.device}
    thing = wanted.object in {None, change.app, change.device}
    explains = _EXPLAINS.get(need)
    return mine and thing and explains is not None and explains(change)


def _unlocked(change: Change) -> bool:
    return change.table == "directory.unlock" or (change.table == "account" and set(change.fields) <= _ACCOUNT)


def _reset(change: Change) -> bool:
    return change.table == "directory.set_password" or (change.table == "account" and set(change.fields) <= _PASSWORD)


def _granted(change: Change) -> bool:
    return change.app is not None and change.table in {"membership", "directory.add_to_group"} and not change.gone


def _removed(change: Change) -> bool:
    return change.app is not None and change.table in {"membership", "software", *_REMOVALS}


def _installed(change: Change) -> bool:
    return change.app is not None and change.table in {"software", "endpoint.install"}


def _device(change: Change) -> bool:
    return change.table.partition(".")[0] in {"device", "endpoint", "software"}


def _mailbox(change: Change) -> bool:
    return change.table in {"mailbox", "mailbox.set_quota"}


_REMOVALS = frozenset({"directory.remove_from_group", "endpoint.uninstall"})


def _vpn(change: Change) -> bool:
    if change.table in {"profile", "vpn.renew_profile"} or _unlocked(change):
        return True
    client = change.table in {"software", "endpoint.install"} and any("vpn-client" in part for part in change.key)
    member = change.table in {"membership", "directory.add_to_group"} and any(
        "vpn-users" in part for part in change.key
    )
    return client or member


_EXPLAINS: dict[str, Callable[[Change], bool]] = {
    "account_unlock": _unlocked,
    "password_reset": _reset,
    "access_request": _granted,
    "access_removal": _removed,
    "software_install": _installed,
    "vpn_trouble": _vpn,
    "device_trouble": _device,
    "mailbox_quota": _mailbox,
}
"""Which differences a need explains, where they are of the right person and thing."""


def _people(roles: Roles) -> set[str]:
    return {role.ref for role in roles.by_token.values() if role.kind == "person"}


def _words(conversation: Conversation, roles: Roles, said: Sequence[str]) -> list[str]:
    """What had to be said and was not, and what was said and must not be."""
    everything = "\n".join(said)
    missing = [f"never said: {one}" for one in conversation.must_say if not _search(one, roles, everything)]
    found = [(one, _search(one, roles, everything)) for one in conversation.must_not_say]
    return missing + [f"said {match[0]!r}, which matches {one}" for one, match in found if match]


def _search(pattern: str, roles: Roles, text: str) -> re.Match[str] | None:
    escaped = re.sub(
        r"\{[a-z]+(?:[._][a-z]+)*\}",
        lambda match: re.escape(fill(match[0], roles)) if fill(match[0], roles) != match[0] else match[0],
        pattern,
    )
    return re.search(escaped, text, re.IGNORECASE)
