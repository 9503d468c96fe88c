"""Corrections (`no, the other laptop`, `I meant Anna`, `not the vpn, the mailbox`) and changes of mind. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 24
"""Words; longer messages say something of their own."""
_LEAD = (
    r"^\W*(?:(?:no|nope|nah|sorry|wait|oops|ups|actually|hm+|ah|oh|uh|well|ok|okay|hang on|hold on|my bad|excuse me|"
    r"please|but)\W+)*"
)
_FILLER = r"(?:(?:it's|its|it is|it was|that's|for|i meant|i mean|we meant|the one (?:of|from)|rather|but|to)\s+)*"
_DEVICE = r"laptop|notebook|computer|pc|machine|phone|mobile|tablet|device|one"
_MEANT = re.compile(
    _LEAD
    + r"(?:meant|(?:i|we) (?:meant|mean|was talking about|am talking about|was asking (?:about|for)))(?: to say)?:?\s+"
    r"(?P<kept>.+?)(?:,?\s+(?:and )?not (?P<denied>.+?))?(?:[,.!]*\s*(?:sorry|my bad|please|pls|thanks))*\W*$",
    re.IGNORECASE | re.DOTALL,
)
_NOT_BUT = re.compile(
    _LEAD + r"(?:it's |its |i said |that's )?not (?:for |about )?(?P<denied>[^,;.\n]{2,60}?)\s*"
    r"(?:[,;.–]|\s-\s|\bbut\b|\brather\b)+\s*" + _FILLER + r"(?P<kept>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_OTHER = re.compile(
    _LEAD + _FILLER + rf"(?:the|my|his|her|their) (?:other|second) (?P<other>{_DEVICE})\b(?P<kept>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_WRONG = re.compile(
    _LEAD + r"(?:that's |that is |it's |you (?:have|picked|took) )?(?:the )?"
    rf"wrong (?:{_DEVICE}|person|app|application|program|tool|name|account|service|user)\W+"
    + _FILLER
    + r"(?P<kept>.+?)(?: is (?:the (?:right )?one|it|right|correct|what (?:i|we) (?:need|want|meant?)))?"
    r"(?:,? (?:please|pls|sorry))?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_INSTEAD = re.compile(
    _LEAD + r"(?:make (?:it|that)|change (?:it|that) to|take|use|do|give me|i (?:need|want))?\s*"
    r"(?P<kept>[^.\n]{2,60}?) instead(?: of (?P<denied>.+))?\W*$",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"^\W*(?:no|nope|nah|sorry|wait|oops|actually)\W+(?:it's |its |it is |that's )?for (?P<kept>[^,;.\n]{2,40})\W*$",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    _LEAD + r"(?:you can |can you |let's |let us |just )?(?:leave|forget|drop|scrap|cancel|skip|never ?mind)\b"
    r"(?P<what>[^,;.\n]{0,60}?)(?:[,;.\n]|\s[-–]\s|\band\b|\bbut\b)+\s*"
    r"(?P<only>(?:(?:please|and|but|i|we|then|now|still|actually)\s+)*"
    r"(?:just|only|instead|rather|all (?:i|we) (?:need|want) is|(?:only|just) (?:do|need|want)|need|want|do)\b)\s*"
    r"(?:(?:only|just|need|want|do|please|is)\s+)*(?P<rest>.+?)(?: instead)?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_TOPICS = {
    "vpn_trouble": r"vpn|tunnel|remote access",
    "mailbox_quota": r"mail ?box|inbox|quota",
    "password_reset": r"pass ?word|pw|pwd",
    "account_unlock": r"unlock(?:ing)?|(?:locked )?account|lock ?out",
    "device_trouble": r"laptop|notebook|computer|pc|machine|device",
}
_TOPIC = {need: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for need, words in _TOPICS.items()}


@dataclass(frozen=True)
class Correction:
    """What is meant, and what is not. `other`: a kind of device of which another one is meant."""

    kept: str
    denied: str = ""
    other: str = ""
    explicit: bool = False
    """It says so itself (`I meant …`), whatever was said before."""


@dataclass(frozen=True)
class Change:
    """`actually leave it, just the vpn`: what is given up, and what is still wanted."""

    given_up: str
    rest: str


def read_correction(text: str) -> Correction | None:
    """A short message that puts something right; whether there is something to put right is for the caller."""
    if len(text.split()) > LONGEST:
        return None
    if other := _OTHER.match(text):
        return Correction(other["kept"].strip(" ,.;!"), other=other["other"].lower())
    for pattern, explicit in ((_MEANT, True), (_WRONG, False), (_NOT_BUT, False), (_FOR, False), (_INSTEAD, False)):
        found = pattern.match(text)
        if found:
            kept = found["kept"].strip(" ,.;!")
            again = _OTHER.match(kept)
            denied = (found.groupdict().get("denied") or "").strip(" ,.;!")
            return Correction(kept, denied, again["other"].lower() if again else "", explicit=explicit)
    return None


_WITHDRAWN = re.compile(
    r"(?:[.,;!?\n–-]|\bwait\b|\bno\b)\s*(?:(?:actually|oh|wait|no|ok|sorry|hm+|ah|well|please|found it|got it|"
    r"but|i|then)[\s,.!]*)*"
    r"(?:forget (?:it|that|about it|about that)|never ?mind|nvm|leave it(?: as (?:it )?is)?|"
    r"(?:i (?:still |do |actually )*need it\b[^.!?]{0,40}[.!?,;–-]+ ?)?(?:please )?keep it(?: as (?:it )?is)?|scrap that|"
    r"cancel that|don'?t bother|do not bother|not needed (?:any ?more|after all))\W*$",
    re.IGNORECASE,
)


def taken_back(text: str) -> bool:
    """A message that ends by taking back what it began with: `… oh wait, found it. forget it`."""
    found = _WITHDRAWN.search(text)
    return found is not None and len(text[: found.start()].split()) >= 2


def read_change(text: str) -> Change | None:
    """Something is given up and something else still wanted, in one short message."""
    found = _CHANGED.match(text) if len(text.split()) <= LONGEST else None
    return Change(found["what"].strip(), found["rest"].strip(" ,.;!")) if found else None


def topic(text: str) -> str | None:
    """The need that a bare noun stands for, where something is put right: `the mailbox` → `mailbox_quota`."""
    fitting = [need for need, pattern in _TOPIC.items() if pattern.search(text)]
    return fitting[0] if len(fitting) == 1 else None
