"""What one piece of a message means: the brain's word, corrected where a few plain words turn it round. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tickless.stages.understand.clauses import Piece
from tickless.stages.understand.hostile import WANTS_ADMIN, asks_admin
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.respelling import respelt
from tickless.stages.understand.turning import turned_round
from tickless.stages.understand.wording import asks_removal, is_over


class Reading(Protocol):
    """What a brain makes of a sentence."""

    @property
    def label(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def evidence(self) -> str: ...


class Reader(Protocol):
    """The part of a brain that understanding uses."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    def rank(self, text: str, *, limit: int = 3) -> Sequence[Reading]: ...


@dataclass(frozen=True)
class Said:
    """A piece and what it means. `label` is `need.…`, `act.…`, `over` (a trouble that is gone), or empty for nobody knows."""

    piece: Piece
    label: str
    confidence: float
    evidence: str

    @property
    def need(self) -> str | None:
        return self.label.removeprefix("need.") if self.label.startswith("need.") else None


# Names as the shipped examples write them, so that a company's own names read like those that were taught.
_TAUGHT_NAMES = {"person": "alex", "app": "figma", "device": "my laptop"}


def as_taught(piece: Piece, mentions: Sequence[Mention]) -> str:
    """The piece with the people, apps and devices in it replaced by names that the examples use."""
    text, at = "", piece.start
    for one in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if one.kind in _TAUGHT_NAMES and at <= one.start and one.end <= piece.end:
            text += piece.text[at - piece.start : one.start - piece.start] + _TAUGHT_NAMES[one.kind]
            at = one.end
    return respelt(text + piece.text[at - piece.start :])


def look(piece: Piece, mentions: Sequence[Mention], reader: Reader) -> Said:
    """What the piece means, by itself."""
    if is_over(piece.text):
        return Said(piece, "over", 0.9, "says that it works again")
    said = _look(piece, mentions, reader)
    turned = turned_round(said.label, as_taught(piece, mentions))
    if turned is None:
        return said
    return Said(
        piece, turned.label, max(said.confidence, turned.confidence) if said.need else turned.confidence, turned.why
    )


def _look(piece: Piece, mentions: Sequence[Mention], reader: Reader) -> Said:
    ranked = reader.rank(as_taught(piece, mentions), limit=1)
    if not ranked:
        return Said(piece, "", 0.0, "")
    label, confidence = ranked[0].label, ranked[0].confidence
    why = f"sounds like “{ranked[0].evidence}”"
    broken = _BROKEN.search(piece.text)
    if broken and confidence < reader.threshold and _names_service(piece, mentions):
        return Said(piece, "need.incident_report", 0.65, "says that a service on record is in trouble")
    if label in _MAYBE_INSTALL and not broken and _ON_DEVICE.search(piece.text) and apps_in(piece, mentions):
        label, confidence = "need.software_install", max(confidence, 0.7)
    if label == "need.approval_answer" and _SOMEBODY_APPROVED.search(as_taught(piece, mentions)):
        return Said(piece, "", 0.2, "somebody else approved")
    installs = label == "need.software_install" and bool(apps_in(piece, mentions))
    if label not in _WITH_ADMIN and not installs and asks_admin(piece.text):
        return Said(piece, "act.out_of_scope", 0.9, WANTS_ADMIN)
    if label == "need.software_install" and _UNINSTALL.search(piece.text):
        return Said(piece, "", 0.3, "asks to uninstall")
    if label == "need.account_unlock" and _LOCK.search(piece.text):
        return Said(piece, "need.account_disable", 0.7, "asks to lock, not to unlock")
    if label in _MAYBE_INSTALL and _ASKS_ABOUT.search(piece.text):
        return Said(piece, "need.question", max(confidence, 0.6), "asks about access")
    wanted = label in ("need.access_request", "need.software_install")
    if (wanted or (label == "act.cancel" and apps_in(piece, mentions))) and asks_removal(piece.text):
        label, confidence = "need.access_removal", max(confidence, 0.7)
    elif (
        label == "need.access_removal"
        and confidence < 0.7
        and not asks_removal(piece.text)
        and _ASKS_ACCESS.search(piece.text)
    ):
        label = "need.access_request"
    return Said(piece, label, confidence, why)


_WITH_ADMIN = frozenset(
    {"need.account_unlock", "need.password_reset", "need.question", "need.leaver", "need.access_removal"}
)
"""Needs in which administrators may be spoken of without anybody becoming one."""
_SOMEBODY_APPROVED = re.compile(
    r"\b(?:he|she|they|manager|boss|lead|alex)\b (?:has |have |had |already )*(?:approved|agreed|"
    r"confirmed|rejected|denied|declined|said)",
    re.IGNORECASE,
)
_UNINSTALL = re.compile(r"\b(?:un-?install|deinstall)", re.IGNORECASE)
_LOCK = re.compile(
    r"(?:^|\b(?:please|pls|you|to|and|must|should) )(?:lock|block|disable|suspend|freeze)\b(?! ?screen)", re.IGNORECASE
)
_ASKS_ABOUT = re.compile(
    r"^\W*(?:who (?:approves|owns|is|has|decides|must|do i)\b|which\b|do i (?:already |still )?have\b|am "
    r"i (?:allowed|entitled)\b|what (?:is|are|does)\b)",
    re.IGNORECASE,
)
_MAYBE_INSTALL = frozenset({"need.access_request", "need.device_trouble", "need.software_install", "need.question"})
_ON_DEVICE = re.compile(
    r"\b(?:on|onto|to) (?:both )?(?:of )?(?:my|his|her|their|the|our|\w+'s)(?: \w+)? (?:laptop|computer|pc|machine|notebook|"
    r"device|mac|workstation|phone)s?\b"
    r"|\b(?:re)?install\w*\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\b(?:don'?t|doesn'?t|does not|do not|won'?t|isn'?t|aren'?t|can'?t|cannot|not|stopped|stuck|broken|"
    r"down|fail\w*|errors?|slow|unreachable|"
    r"hangs?|blank|strange\w*|weird\w*|oddly|died|dying|restart|crash\w*|freez\w*|dead|outage|offline|keeps|"
    r"slow\w*|sluggish|lag(?:s|gy|ging)?|crawl\w*|spinning|tak(?:es?|ing) (?:ages|for ?ever|minutes|an eternity|half|"
    r"(?:so|very|too|way too) long)|loads? for ?ever)\b",
    re.IGNORECASE,
)
_ASKS_ACCESS = re.compile(r"\b(?:need|give|grant|get|have|add|want|request|like)\b", re.IGNORECASE)
STATES_TROUBLE = re.compile(
    r"\b(?:is|isn't|doesn't|does|won't|needs?|has|keeps|crash\w*|works?|not|down)\b", re.IGNORECASE
)


def _names_service(piece: Piece, mentions: Sequence[Mention]) -> bool:
    return any(one.kind == "service" and piece.start <= one.start < piece.end for one in mentions)


def apps_in(piece: Piece, mentions: Sequence[Mention]) -> set[str | None]:
    """Records of the apps named in the piece; None among them for a name that fits several."""
    return {one.ref for one in mentions if one.kind == "app" and piece.start <= one.start < piece.end}
