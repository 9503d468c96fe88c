"""For whom a need is: the writer, unless another person is clearly named as the one it is for. Pure.

People named in a message become marks (`@0`), role words `@r`, other unnamed people `@o`, unknown names `@u`; patterns are then
matched on the marked text. A person who is merely mentioned ("Tom told me …") is nobody's beneficiary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.stages.understand.mention import Mention
from tickless.stages.understand.text import Word, is_nearly_ordinary, words_of

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
    r"(?<!thanks )(?<!waiting )(?<!looking )(?<!ask )(?<!asking )(?<!works )(?<!work )(?<!working )"
    rf"(?:for|on behalf of|behalf of|belonging to|of) {_MARK}",
    rf"\b(?:give|gives|grant|assign|provide|add|invite|issue)\b[^@.;!?]{{1,40}}? to {_MARK}",
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
_WEAK = (rf"{_MARK}(?:,| \(| from| in)?(?: \w+)?\)?,? (?:again )?{_VERB}(?! ?\w* ?(?:told|said|approved))",)
_SELF = re.compile(
    rf"\bmy (?:own )?{_NOUN}|\b(?:unlock|unblock|help|reset) me\b|\bi(?:'m| am|m) (?:again |still )?locked|"
    rf"\bi (?:forgot|lost|locked)\b"
    r"|\bfor me\b|\blocked me\b|\bgive me\b|\badd me\b|\bi need access\b"
)
_PRONOUN = re.compile(
    rf"\b(?:his|her|their) (?:\w+ )?{_NOUN}|\b(?:unlock|unblock|reset|help|give|add|remove|offboard|"
    rf"onboard) (?:him|her|them)\b"
    rf"|\b(?:for|of|to) (?:him|her)\b|\b(?:he|she) {_VERB}"
)
_ROLE = re.compile(r"\bmy (?:direct |line )?(?:manager|boss|supervisor|team ?lead)\b(?!@)")
_OTHER = re.compile(
    r"\b(?:my|a|an|our|the|another|one of my|some|that)(?: new| other| former| ex)? ?"
    r"(?:colleagues?|co-?worker|team ?mate|team ?member|employee|interns?|trainee|report|direct report|"
    r"assistant|user|guy|hire|contractor|husband|wife|friend|deputy|customer|client)\b"
    r"|\bsomeone(?: else)?\b|\bsomebody(?: else)?\b"
)
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


WRITER = Beneficiary(None)


def beneficiary(
    text: str, mentions: Sequence[Mention], *, need: str, earlier: Mention | None = None, offset: int = 0
) -> Beneficiary:
    """For whom this clause is. `mentions` have places in the whole message; `offset` is where the clause begins in it.
    `earlier`: the person last named before the clause, whom `his` or `she` means."""
    people = [one for one in mentions if one.kind == "person" and offset <= one.start < offset + len(text)]
    marked, unknown = _mark(text, people, others=mentions, offset=offset, need=need)
    strong, weak = _matches(_STRONG, marked), _matches(_WEAK, marked)
    if need not in _ACCOUNT_NEEDS:
        weak = {mark for mark in weak if not mark.startswith("u")}
    own = bool(_SELF.search(marked))
    marks = strong or (set() if own else weak)
    if not marks and _PRONOUN.search(marked) and not own:
        return _meant(people, earlier)
    if not marks:
        return WRITER
    found = {_resolve(mark, people, unknown) for mark in marks}
    if len(found) > 1 or (own and strong and _is_asked_for_both(marked)):
        return Beneficiary(UNCLEAR)
    return found.pop()


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


def _matches(patterns: Sequence[str], marked: str) -> set[str]:
    return {match.group(1) for pattern in patterns for match in re.finditer(pattern, marked)}


def _is_asked_for_both(marked: str) -> bool:
    """`my password and @0's`: the writer's own and somebody else's in one breath."""
    return bool(re.search(rf"\bmy {_NOUN}[^.;]*\band\b|\band (?:my|mine|me)\b", marked))


def _mark(
    text: str, people: Sequence[Mention], *, others: Sequence[Mention], offset: int, need: str
) -> tuple[str, list[Word]]:
    """The clause in lower case with marks in the place of people. Marks of the same person are the same."""
    pieces: list[tuple[int, int, str]] = []
    for at, person in enumerate(people):
        first = next(
            i for i, one in enumerate(people) if (one.ref or one.candidates) == (person.ref or person.candidates)
        )
        del at
        pieces.append((person.start - offset, person.end - offset, f"@{first}"))
    unknown: list[Word] = []
    for word in words_of(text):
        linked = any(one.start <= word.start + offset < one.end for one in others)
        if linked or word.plain in _SKIPPED or word.plain.isdigit() or len(word.plain) < 2:
            continue
        if not word.latin or (word.plain[0].isalpha() and not is_nearly_ordinary(word.plain)):
            if need not in _ACCOUNT_NEEDS and word.latin and not (word.owns and word.capital):
                continue
            end = word.end - 2 if word.owns and word.text.lower().endswith("'s") else word.end
            pieces.append((word.start, end, f"@u{len(unknown)}"))
            unknown.append(word)
    marked, at = "", 0
    for start, end, mark in sorted(pieces):
        if start >= at:
            marked += text[at:start].lower() + mark
            at = end
    marked = re.sub(r"\s+", " ", marked + text[at:].lower())
    marked = _OTHER.sub("@o", _ROLE.sub("@r", marked))
    marked = re.sub(r"@[or],? (?:named |called )?@(\d+|u\d+)", r"@\1", marked)
    return re.sub(r"(@\d+),? (?:from|in|of) (?:the )?@u\d+", r"\1", marked), unknown
