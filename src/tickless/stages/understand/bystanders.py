"""Who is only mentioned in a message (`as Anna told me`), and whom a need is for where no pattern says so. Pure.

Law: a need is the writer's own only when nobody else is named in a role that could make it theirs. In doubt: ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from tickless.stages.understand.beneficiary import UNCLEAR, WRITER, Beneficiary
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.relations import KIN, MANAGER_WORDS

_CLOSING = (
    r"(?:many thanks|thanks(?: (?:a lot|in advance|again))?|thank you|thx|cheers|regards|wishes|best|br|kr|sincerely|"
    r"greetings|yours|--|signed)"
)
_BEFORE = re.compile(
    r"(?:^|[\n.!?]\s*)(?:hi|hello|hey|dear|hiya|heya|good (?:morning|afternoon|evening|day)|morning)(?: there)?,?\s+$"
    rf"|\b(?:as|than|cc|via|according to|together with|alongside|next to)[:\s]\s*$|\bthank(?:s|ed)?(?: to)? $"
    rf"|(?<!would )(?<!'d )\blike $|\b(?:ask(?:ed|ing)?|told|tell) $"
    r"|\b(?:i|we|i've|have|just) (?:called|rang|emailed|contacted|informed|consulted|met) $"
    r"|\b(?:spoke|speak|talk|talked|talking|checked?|agreed|cleared|discussed|arranged|aligned) (?:to|with) $"
    r"|\b(?:work|works|worked|working|sit|sitting) (?:for|with|under|beside) $|\breport(?:s|ing)? to $"
    r"|\b(?:approved|sent|recommended|suggested|told|signed off|invited|hired|advised) by $"
    r"|\b(?:approval|consent|agreement|ok|okay|go|green light|advice|tip|recommendation|invitation) (?:of|from|by) $"
    rf"|(?:^|[\s,.!?]){_CLOSING}[\s,.!–-]*$",
    re.IGNORECASE,
)
_MY_MANAGER = re.compile(rf"\bmy (?:\w+ )?{MANAGER_WORDS}(?: is|:|,| =)? ?$", re.IGNORECASE)
_ALSO = r"(?:,? who)?(?: has| have| had| already| also| just| kindly| will| would| can)*"
_AFTER = re.compile(
    rf"^{_ALSO} (?:approved?|approves|agreed|agrees|recommended|recommends|signed off|suggested|promised|"
    r"asked me|wants me|gave me|helped me|sent me|showed me|vouch(?:es)?)\b"
    rf"|^{_ALSO} (?:told|said|says|tells|wrote|confirm(?:s|ed)?|mentioned|explained|advised)"
    r"(?: (?:me|us))?(?:,? (?:that )?(?:to|i|i'd|i'm|my|we|you|yes|ok|this|so|"
    r"(?:it|that)(?:'s| is| was| would be) (?:ok|okay|fine|possible|alright|allowed))\b|\s*[,.!]|$)"
    rf"|^,? (?:is|who is|being) (?:my|our) (?:\w+ )?{MANAGER_WORDS}\b"
    rf"|^,? (?:is|being|as) the (?:\w+ )?(?:{MANAGER_WORDS}|approver)\b"
    r"|^,? (?:is|would be|was) (?:ok|okay|fine|happy|aware|informed|in the loop)\b"
    r"|^,? (?:already |also )?(?:has|have|got) (?:it|that|this|one|the same)\b(?! (?:locked|blocked))",
    re.IGNORECASE,
)
_RELAYS = re.compile(
    r"^ (?:has |had |just )?(?:asked|asks|wants|wanted|told) me to (?:tell|say|write|report|let|inform|pass|contact|call|open|"
    r"raise)\b"
    r"(?: (?:to|you|it|on|in|this|that|a|the|ticket|know))*",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"^,? (?:is|was) (?:currently |still |away )?(?:(?:on|off|in|at|away|out)(?: \w+){0,2} )?"
    r"(?:holidays?|vacation|leave|sick|away|office|meetings?|off|absent|unavailable|unreachable)\b"
    r"|^,? (?:can'?t|cannot|can not|could ?n[o']?t|won'?t|does ?n[o']?t|did ?n[o']?t) (?:help|answer|reply|fix|solve)\b",
    re.IGNORECASE,
)
"""Says why they were not the ones to help, where the rest speaks of the writer."""
_TEAMS = re.compile(
    r"^'s? (?:team|project|department|desk|office|meeting|presentation|group|workshop|training)\b", re.IGNORECASE
)
_IN = re.compile(r"\b(?:in|of|with|join|joined|at|from|to|after|during) $", re.IGNORECASE)
_END_OF_MANAGER = re.compile(r"^\s*(?:[,.;:!)]|$|and\b)")
_PLEASE = re.compile(r"^\s*[,:!–-]\s*(?:please|pls|can you|could you|would you|will you|i|my|help)\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|im|i've|i'd|i'll|me|myself|mine"
    r"|my(?! (?:team|colleague|co-?worker|report|direct report|department|group|employee|intern|trainee|staff|people)))\b",
    re.IGNORECASE,
)
_WISHES = re.compile(r"\b(?:i|we)(?:'d| would)? (?:like|want|ask|kindly ask|need you)\b", re.IGNORECASE)
_LEANS = re.compile(
    r"\b(?:it|there|they|them|their|both|too|also|as well|same|this|that|he|she|him|his|her)\b", re.IGNORECASE
)
PERSONAL = frozenset({
    "account_unlock", "password_reset", "access_request", "access_removal", "software_install", "mailbox_quota",
    "device_trouble", "vpn_trouble", "joiner", "mover", "leaver", "account_disable",
})  # fmt: skip
"""Needs of one person, which must never be done to the writer where somebody else was named for it."""
_NOW_ME = re.compile(
    r"\b(?:today|now|this time|this morning) (?:it'?s|it is|its) (?:me|mine|my turn|my \w+)\b", re.IGNORECASE
)
_SAYS_WHO = re.compile(r"^\W*(?:(?:hi|hello|hey)\W+)?(?:it'?s|it is|this is|i am|i'm|im|my name is)\s+$", re.IGNORECASE)
Role = Literal["mere", "called", "named"]


def role_of(one: Mention, text: str) -> Role:
    """How a person is named: in passing, as the one spoken to, or as somebody whom the need may be about."""
    end = one.end - 2 * text[: one.end].lower().endswith("'s")
    before, after = text[: one.start], text[end:]
    if _RELAYS.match(after):
        return "mere" if _FIRST_PERSON.search(_RELAYS.sub("", after)) else "called"
    if _BEFORE.search(before) or _AFTER.match(after) or (_TEAMS.match(after) and _IN.search(before)):
        return "mere"
    if _ELSEWHERE.match(after) and _FIRST_PERSON.search(after):
        return "mere"
    if re.search(r"\b(?:i'm|i am|im) $", before, re.IGNORECASE) and re.match(rf"'s? (?:\w+ )?{KIN}\b", after):
        return "mere"
    if _MY_MANAGER.search(before) and _END_OF_MANAGER.match(after):
        return "mere"
    if re.search(r"\b(?:from|sender|sent by): ?$", before, re.IGNORECASE):
        return "called"
    if not re.search(r"\w", before) and _PLEASE.match(after):
        return "mere" if _FIRST_PERSON.search(after) else "called"
    return "named"


def is_now_the_writer(text: str) -> bool:
    """`yesterday my colleague was locked out, today it's me`."""
    return bool(_NOW_ME.search(text))


def for_somebody_named(
    text: str, mentions: Sequence[Mention], *, start: int, end: int, alone: bool, known: bool = True
) -> Beneficiary:
    """For whom the clause from `start` to `end` is, when no pattern said that it is for somebody else.

    `alone`: it is the only need of the message. `known`: the records know who writes; else they may say who they are.
    """
    people = [one for one in mentions if one.kind == "person" and not one.role]
    roles = {one: role_of(one, text) for one in people}
    people = [one for one in people if roles[one] != "mere" and (known or not _introduced(one, text))]
    clause = text[start:end]
    inside = [one for one in people if start <= one.start < end]
    if not people:
        return WRITER
    own = bool(_FIRST_PERSON.search(_without_wishes(clause, [one.start - start for one in inside])))
    if inside:
        doubt = own or any(roles[one] == "called" for one in inside)
        return _only(inside, doubt=doubt)
    if own:
        return WRITER
    before, after = [one for one in people if one.start < start], [one for one in people if one.start >= end]
    if before:
        near = alone or _same_sentence(text[before[-1].end : start]) or bool(_LEANS.search(clause))
        return _only(before if alone else before[-1:], doubt=not near or roles[before[-1]] == "called")
    return _only(after, doubt=True) if alone or _same_sentence(text[end : after[0].start]) else WRITER


def _introduced(one: Mention, text: str) -> bool:
    """Somebody whom nobody knows says who they are: `it's Tom Frost, I'm locked out`. Who that is, is proven elsewhere."""
    return bool(_SAYS_WHO.match(text[: one.start]) and _FIRST_PERSON.search(text[one.end :]))


def _without_wishes(clause: str, places: Sequence[int]) -> str:
    """Without `I would like` before a person, which says who asks and not whose the need is."""
    return _WISHES.sub(lambda match: " " if match.end() + 1 in places else match.group(), clause)


def _only(people: Sequence[Mention], *, doubt: bool) -> Beneficiary:
    first = people[0]
    if doubt or len({one.ref for one in people}) > 1 or not first.ref:
        return Beneficiary(UNCLEAR, first if len({one.ref for one in people}) == 1 else None)
    return Beneficiary(first.ref, first)


def _same_sentence(between: str) -> bool:
    return not re.search(r"[.!?;\n]", between)
