"""For whom a need is: the writer, unless another person is clearly named as the one it is for. Pure.

People named in a message become marks (`@0`), role words `@r`, other unnamed people `@o`, unknown names `@u`; patterns are then
matched on the marked text. A person who is merely mentioned ("Tom told me …") is nobody's beneficiary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.stages.understand.mention import Mention
from tickless.stages.understand.relations import KIN, MANAGER_WORDS
from tickless.stages.understand.text import Word, is_nearly_ordinary, is_ordinary, listed, words_of

UNCLEAR = "?"
"""Somebody else, and not clear who: ask back, never act for the writer instead."""
MANAGER = "role:manager"

_NOUN = (
    r"(?:ad |windows |user |work |company |sign in |log ?in )?"
    r"(?:accounts?|acounts?|pass ?words?|pasword|pw|pwd|log ?ins?|user|access|licen[cs]es?|"
    r"laptop|computer|pc|machine|phone|device|mail ?box|inbox|e-?mails?|vpn|profile|permissions?|rights|"
    r"mfa|token|credentials|seat)\b"
)
_MARK = r"@(\d+|r|o|u\d+)"
_KNOWN = r"@(\d+|r|o)"
_STRONG = (
    rf"{_MARK}(?:'s|s'|') (?:\w+ ){{0,2}}?{_NOUN}",
    rf"{_KNOWN} {_NOUN}",
    r"(?<!replacement )(?<!successor )(?<!assistant )(?<!deputy )(?<!approval )(?<!consent )(?<!agreement )"
    r"(?<!thanks )(?<!waiting )(?<!looking )(?<!ask )(?<!asking )(?<!works )(?<!work )(?<!working )"
    rf"(?:for|on behalf of|behalf of|belonging to|of):? {_MARK}",
    rf"\b(?:give|gives|grant|assign|provide|add|invite|issue)\b[^@.;!?]{{1,40}}? to {_MARK}",
    rf"\b(?:take|remove|revoke|withdraw|strip|pull)\b[^@.;!?]{{1,40}}? from {_KNOWN}\b",
    r"\b(?:unlock|unblock|reset|help|onboard|offboard|deactivate|disable|deprovision|provision|add|remove|"
    r"give|grant|get|set ?up|"
    r"setup|enable|move|transfer|delete|let|terminate|equip|invite|release|unfreeze)\b (?:up )?(?:the )?"
    r"(?:(?:ad |user |windows )?(?:user|account|colleague|employee|password|login) (?:of |for )?)?"
    rf"{_MARK}(?!(?:'s|s')? (?:told|said))",
    rf"\b(?:account|user|username) {_MARK}",
    rf"\b(?:login|password|mailbox) {_KNOWN}",
    rf"\b(?:access|rights|permissions?|licen[cs]es?|seat) from {_MARK}",
)
_VERB = (
    r"(?:is (?!my\b|the\b|a\b|our\b)|was (?!told|asked)|'s (?:locked|leaving|moving|stuck|blocked|out|"
    r"changing|joining|starting)|"
    r"has (?:been|no|lost|forgotten|a (?:locked|problem|new)|problems|trouble|issues|to )|can'?t |cannot |"
    r"can not |could ?n[o']?t |"
    r"needs?\b|wants?\b|requires?\b|forgot|forgets|lost\b|got locked|keeps\b|would like|'d like|moves\b|"
    r"moved\b|leaves\b|left\b|"
    r"starts\b|started\b|joins\b|joined\b|changes\b|changed\b|quits?\b|resigned|transfers\b|retires\b|does ?n[o']?t |"
    r"should (?:have|get|no longer|not)|no longer|won'?t|is ?n[o']?t|locked |gets )"
)
_WEAK = (
    rf"{_MARK}(?:(?:,| \(| from| in| on| of)(?: my| our| the)? ?(?!(?:i|we|you|my|can|please)\b)\w+(?: \w+)?\)?)?,? "
    rf"(?:again )?{_VERB}(?! ?\w* ?(?:told|said|approved))",
)
_BOTH = re.compile(
    rf"\b(?:me|mine|myself|my (?:own )?{_NOUN})(?: and|,? as well as) (?:also |that of |for |of |to )*@(?:\d|r|o)"
    rf"|@(?:\d+|r|o)(?:'s)?(?: and|,? as well as) (?:also |for |of |to )*(?:me|mine|myself|i)\b"
    r"|\b(?:me|i) and @(?:\d|r|o)"
)
_MAYBE_SELF = re.compile(r"\bi (?:need|want|can'?t|cannot|can not|would like|have|get)\b|\bi'd like\b")
_SELF = re.compile(
    rf"\bmy (?:own )?{_NOUN}|\b(?:unlock|unblock|help|reset) me\b|\bi(?:'m| am|m) (?:again |still )?locked|"
    rf"\bi (?:forgot|lost|locked)\b"
    r"|\bfor me\b|\blocked me\b|\bgive me\b|\badd me\b|\bi need access\b"
    r"|\bit'?s me\b|\bme too\b|\bi(?:'ve| have) (?:locked|lost|forgotten)\b"
)
_PRONOUN = re.compile(
    rf"\b(?:his|her|their) (?:\w+ )?{_NOUN}|\b(?:unlock|unblock|reset|help|give|add|remove|offboard|"
    rf"onboard) (?:him|her|them)\b"
    rf"|\b(?:for|of|to) (?:him|her)\b|\b(?:he|she) ?{_VERB}"
)
_ROLE = re.compile(rf"\bmy (?:own |direct |line |new |current )?{MANAGER_WORDS}\b(?!@)")
_KIN = re.compile(rf"(?<!i'm )(?<!i am )(?<!\bim )@(?:\d+|r|o|u\d+)(?:'s|s'|')? (?:\w+ )?{KIN}\b")
_OTHER = re.compile(
    r"(?!\bmy user\b)\b(?:my|a|an|our|the|another|one of my|some|that)(?: new| other| former| ex)? ?"
    r"(?:colleagues?|co-?worker|team ?mate|team ?member|employee|interns?|trainee|report|direct report|"
    r"assistant|user|guy|hire|contractor|husband|wife|friend|deputy|customer|client)\b"
    r"(?! (?:calls?|meetings?|visits?|demos?|orders?|projects?|data|portal|presentations?)\b)"
    r"|\b(?:everyone|everybody|all (?:the )?(?:users|accounts|employees|people|passwords))\b|\bsomeone(?: "
    r"else)?\b|\bsomebody(?: else)?\b"
)
# Everyday words that are given names as well.
_NAMES_TOO = listed(
    "mark will grant bill rose hope may june drew sky sue pat art ray chip rich dean dawn faith joy summer guy "
    "chase miles rob"
)
# `acount locked` is no stranger's name.
_MISSPELT_NOUNS = listed("acount accout acct acc accnt pasword pwd")
_DETERMINERS = frozenset({"my", "the", "our", "your", "this", "that", "a", "an", "his", "her", "their"})
_DOES = frozenset(["is", "has", "cant", "cannot", "forgot", "needs", "lost", "isnt", "keeps", "locked", "got"])
_ACCOUNT_NEEDS = frozenset({"account_unlock", "password_reset"})
_SKIPPED = frozenset(
    ["me", "my", "our", "your", "the", "this", "that", "it", "us", "them", "him", "her", "someone", "everyone", "all"]
)


@dataclass(frozen=True)
class Beneficiary:
    """`who`: a person's id, `role:manager`, `?`, or None for the writer. `unknown`: the name that nobody has."""

    who: str | None
    mention: Mention | None = None
    unknown: Word | None = None
    also_writer: bool = False
    """`unlock me and Maria`: it is for the writer as well."""


WRITER = Beneficiary(None)


def beneficiary(
    text: str,
    mentions: Sequence[Mention],
    *,
    need: str,
    own_names: frozenset[str] = frozenset(),
    earlier: Mention | None = None,
    offset: int = 0,
) -> Beneficiary:
    """For whom this clause is. `mentions` have places in the whole message; `offset` is where the clause begins in it.

    `own_names`: what the writer is called. `earlier`: the person last named before, whom `his` or `she` means.
    """
    people = [
        one for one in mentions if one.kind == "person" and not one.role and offset <= one.start < offset + len(text)
    ]
    marked, unknown = _mark(text, people, others=mentions, offset=offset, need=need, own_names=own_names)
    if _BOTH.search(marked):
        both = {one.ref: one for one in people}
        ref, one = next(iter(both.items()), (None, None))
        return (
            Beneficiary(ref, one, also_writer=True) if len(both) == 1 and ref and not unknown else Beneficiary(UNCLEAR)
        )
    strong, weak = _matches(_STRONG, marked), _matches(_WEAK, marked)
    if need not in _ACCOUNT_NEEDS:
        weak = {mark for mark in weak if not mark.startswith("u")}
    own = bool(_SELF.search(marked))
    own_seat = need == "access_removal" and bool(re.search(r"\bmy\b", marked))
    if own or own_seat:  # `you piece of junk, you locked my account`; `my seat is free for somebody else`
        strong = {mark for mark in strong if not _is_nobody(mark, unknown, need=need)}
    marks = strong or (set() if own else weak)
    if not marks and not own and _PRONOUN.search(marked):
        return _meant(people, earlier)
    if not marks:
        return WRITER
    found = {_resolve(mark, people, unknown) for mark in marks}
    if len(found) > 1 or (not strong and _MAYBE_SELF.search(marked)):
        return Beneficiary(UNCLEAR)
    return found.pop()


def only_named(text: str, mentions: Sequence[Mention], *, need: str, own_names: frozenset[str]) -> Beneficiary:
    """For whom the one need of a whole message is, when its own clause names nobody: `Unlock account: / Tom Baker`."""
    whom = beneficiary(text, mentions, need=need, own_names=own_names)
    if whom.who is not None or _SELF.search(text.lower()):
        return whom
    for one in mentions:
        alone = (
            one.kind == "person"
            and re.search(r"(?:^|[\n:.])\W*$", text[: one.start])
            and re.match(r"\W*(?:$|\n)", text[one.end :])
        )
        if alone:
            return Beneficiary(UNCLEAR, one)
    return WRITER


def _meant(people: Sequence[Mention], earlier: Mention | None) -> Beneficiary:
    """Whom `his` or `she` means: the only person named in the clause, else the one named last before it."""
    named = {(one.ref, one.candidates): one for one in people}
    meant = next(iter(named.values())) if len(named) == 1 else earlier if not named else None
    return Beneficiary(meant.ref or UNCLEAR, meant) if meant else Beneficiary(UNCLEAR)


def _resolve(mark: str, people: Sequence[Mention], unknown: Sequence[Word]) -> Beneficiary:
    if mark == "r":
        return Beneficiary(MANAGER)
    if mark == "o":
        return Beneficiary(UNCLEAR)
    if mark.startswith("u"):
        return Beneficiary(UNCLEAR, unknown=unknown[int(mark[1:])])
    person = people[int(mark)]
    return Beneficiary(person.ref or UNCLEAR, person)


def _is_nobody(mark: str, unknown: Sequence[Word], *, need: str) -> bool:
    """Where the writer's own is spoken of: a word without a capital that nobody is called, or who gets the seat next."""
    if mark.startswith("u"):
        return not unknown[int(mark[1:])].capital
    return mark == "o" and need == "access_removal"


def _matches(patterns: Sequence[str], marked: str) -> set[str]:
    return {match.group(1) for pattern in patterns for match in re.finditer(pattern, marked)}


def _mark(
    text: str,
    people: Sequence[Mention],
    *,
    others: Sequence[Mention],
    offset: int,
    need: str,
    own_names: frozenset[str],
) -> tuple[str, list[Word]]:
    """The clause in lower case with marks in the place of people; the same mark for the same person."""
    pieces: list[tuple[int, int, str]] = []
    for person in people:
        same = [(one.ref or one.candidates) == (person.ref or person.candidates) for one in people]
        pieces.append((person.start - offset, person.end - offset, f"@{same.index(True)}"))
    unknown: list[Word] = []
    written = words_of(text)
    for at, word in enumerate(written):
        linked = any(one.start <= word.start + offset < max(one.end, one.tail) for one in others)
        before = written[at - 1].plain if at else ""
        following = written[at + 1].plain if at + 1 < len(written) else ""
        if (
            not linked
            and word.plain not in own_names
            and _may_be_a_name(word, need, before=before, following=following)
        ):
            pieces.append((word.start, word.end - 2 * word.text.lower().endswith("'s"), f"@u{len(unknown)}"))
            unknown.append(word)
    marked, at = "", 0
    for start, end, mark in sorted(pieces):
        if start >= at:
            marked += _plain(text[at:start]) + mark
            at = end
    marked = re.sub(r"\s+", " ", marked + _plain(text[at:]))
    marked = _OTHER.sub("@o", _KIN.sub("@o", _ROLE.sub("@r", marked)))
    marked = re.sub(r"@[or],? (?:of mine,? )?(?:named |called )?@(\d+|u\d+)", r"@\1", marked)
    return re.sub(r"(@\d+),? (?:from|in|of) (?:the )?@u\d+", r"\1", marked), unknown


def _plain(text: str) -> str:
    """Lower case, and nothing in it that could pass for a mark."""
    return text.lower().replace("@", "·")


def _may_be_a_name(word: Word, need: str, *, before: str, following: str) -> bool:
    """A word that nobody on record is called by and that is no everyday word: perhaps somebody we do not know."""
    if word.plain in _SKIPPED | _MISSPELT_NOUNS or word.plain.isdigit() or len(word.plain) < 2:
        return False
    if not word.latin:
        return True
    if need not in _ACCOUNT_NEEDS:
        return word.owns and word.capital and not is_nearly_ordinary(word.plain)
    if word.plain in _NAMES_TOO:
        return word.owns or following in _DOES
    if not word.plain[0].isalpha():
        return False
    # `Ursual is locked` is a misspelt Ursula, `my accout is locked` is an account.
    subject = following in _DOES and before not in _DETERMINERS
    strict = subject or word.owns or (word.capital and word.start > 0 and not word.text.isupper())
    return not (is_ordinary(word.plain) if strict else is_nearly_ordinary(word.plain))
