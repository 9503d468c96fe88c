"""Judges a conversation: every expected end came about, nothing else did, and nothing changed that no end allows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
    extra = [one for one in told.happenings if one.must_match and id(one) not in used and one.case not in cases]
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
    if not wanted.solvable and "answered" not in wanted.end.outcome:
        return False
    mine = change.person == wanted.target or change.device == wanted.target
    thing = wanted.object is None or change.app == wanted.object or change.device == wanted.object
    table, fields = change.table, set(change.fields)
    match wanted.end.need:
        case "account_unlock":
            return mine and (table == "directory.unlock" or (table == "account" and fields <= _ACCOUNT))
        case "password_reset":
            return mine and (table == "directory.set_password" or (table == "account" and fields <= _PASSWORD))
        case "access_request":
            return mine and thing and change.app is not None and (change.new or table == "directory.add_to_group")
        case "access_removal":
            return mine and thing and change.app is not None and table in {"membership", "software", *_REMOVALS}
        case "software_install":
            return mine and thing and change.app is not None and table in {"software", "endpoint.install"}
        case "vpn_trouble":
            return mine and (table in {"profile", "vpn.renew_profile", "directory.unlock"} or _vpn(change))
        case "device_trouble":
            return mine and table.partition(".")[0] in {"device", "endpoint", "software"}
        case "mailbox_quota":
            return mine and table in {"mailbox", "mailbox.set_quota"}
        case "joiner" | "mover" | "leaver":
            return mine or (wanted.target not in _people(roles) and change.person not in _people(roles))
        case "approval_answer":
            return change.app is not None and (wanted.object is None or change.app == wanted.object)
        case "incident_report":
            return change.service is not None and change.service in near.get(wanted.target, frozenset())
        case _:
            return False


_REMOVALS = frozenset({"directory.remove_from_group", "endpoint.uninstall"})


def _vpn(change: Change) -> bool:
    account = change.table == "account" and set(change.fields) <= _ACCOUNT
    client = change.table in {"software", "endpoint.install"} and any("vpn-client" in part for part in change.key)
    member = change.table in {"membership", "directory.add_to_group"} and any(
        "vpn-users" in part for part in change.key
    )
    return account or client or member


def _people(roles: Roles) -> set[str]:
    return {role.ref for role in roles.by_token.values() if role.kind == "person"}


def _words(conversation: Conversation, roles: Roles, said: Sequence[str]) -> list[str]:
    """What had to be said and was not, and what was said and must not be."""
    everything = "\n".join(said)
    problems = []
    for pattern in conversation.must_say:
        if not _search(pattern, roles, everything):
            problems.append(f"never said: {pattern}")
    for pattern in conversation.must_not_say:
        if matched := _search(pattern, roles, everything):
            problems.append(f"said {matched[0]!r}, which matches {pattern}")
    return problems


def _search(pattern: str, roles: Roles, text: str) -> re.Match[str] | None:
    escaped = re.sub(
        r"\{[a-z]+(?:[._][a-z]+)*\}",
        lambda match: re.escape(fill(match[0], roles)) if fill(match[0], roles) != match[0] else match[0],
        pattern,
    )
    return re.search(escaped, text, re.IGNORECASE)
