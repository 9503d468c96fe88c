"""From pieces of a message to the needs in it, with a brain that reads one sentence at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tickless.domain.finding import CaseKind
from tickless.stages.understand.clauses import Piece, cut, join
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.wording import asks_removal, is_over, without_denied

APART = 0.6
"""Both halves of a message must be at least this sure before they count as two needs."""
GENERIC = frozenset({"question", "incident_report", "status_of_case", "approval_answer"})
"""Needs that a more specific one beside them outweighs, unless they are surer than `SURE`."""
SURE = 0.8
KINDS: dict[str, CaseKind] = {
    "question": "question",
    "status_of_case": "question",
    "incident_report": "incident",
    "vpn_trouble": "incident",
    "device_trouble": "incident",
    "account_unlock": "incident",
}
_FAN_OUT = frozenset({"joiner", "mover", "leaver"})
PER_APP = frozenset({"access_request", "access_removal", "software_install"})


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


def read(text: str, mentions: Sequence[Mention], reader: Reader) -> list[Said]:
    """Everything that the message says, in order; at least one entry. Over and denied things are not among the needs."""
    pieces = cut(without_denied(text))
    if not pieces:
        return [Said(Piece("", 0, fresh=True), "act.deny" if text.strip() else "", 0.8, "it is not that")]
    said = _drop_what_is_over(_grouped(text, pieces, mentions, reader))
    needs = _weighed(_merged([one for one in said if one.need and one.confidence >= reader.threshold], mentions))
    if len(needs) <= 1:
        whole = _whole(said, text, mentions, reader)
        if whole and (not needs or (whole.label != needs[0].label and whole.confidence > needs[0].confidence + 0.15)):
            needs = [whole]
    return needs or [_best_act(said)]


# Names as the shipped examples write them, so that a company's own names read like those that were taught.
_TAUGHT_NAMES = {"person": "alex", "app": "figma", "device": "my laptop"}


def as_taught(piece: Piece, mentions: Sequence[Mention]) -> str:
    """The piece with the people, apps and devices in it replaced by names that the examples use."""
    text, at = "", piece.start
    for one in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if one.kind in _TAUGHT_NAMES and at <= one.start and one.end <= piece.end:
            text += piece.text[at - piece.start : one.start - piece.start] + _TAUGHT_NAMES[one.kind]
            at = one.end
    return text + piece.text[at - piece.start :]


def _look(piece: Piece, mentions: Sequence[Mention], reader: Reader) -> Said:
    if is_over(piece.text):
        return Said(piece, "over", 0.9, "says that it works again")
    ranked = reader.rank(as_taught(piece, mentions), limit=1)
    if not ranked:
        return Said(piece, "", 0.0, "")
    label, confidence = ranked[0].label, ranked[0].confidence
    why = f"sounds like “{ranked[0].evidence}”"
    broken = _OWN_VERB.search(piece.text)
    if label in _MAYBE_INSTALL and not broken and _ON_DEVICE.search(piece.text) and _apps(piece, mentions):
        label, confidence = "need.software_install", max(confidence, 0.7)
    if label == "need.approval_answer" and _SOMEBODY_APPROVED.search(as_taught(piece, mentions)):
        return Said(piece, "", 0.2, "somebody else approved")
    if label == "need.software_install" and _UNINSTALL.search(piece.text):
        return Said(piece, "", 0.3, "asks to uninstall")
    if label == "need.account_unlock" and _LOCK.search(piece.text):
        return Said(piece, "need.account_disable", 0.7, "asks to lock, not to unlock")
    if label in _MAYBE_INSTALL and _ASKS_ABOUT.search(piece.text):
        return Said(piece, "need.question", max(confidence, 0.6), "asks about access")
    wanted = label in ("need.access_request", "need.software_install")
    if (wanted or (label == "act.cancel" and _apps(piece, mentions))) and asks_removal(piece.text):
        label, confidence = "need.access_removal", max(confidence, 0.7)
    elif label == "need.access_removal" and not asks_removal(piece.text) and _ASKS_ACCESS.search(piece.text):
        label = "need.access_request"
    return Said(piece, label, confidence, why)


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
    r"^\W*(?:who\b|which\b|do i (?:already |still )?have\b|am i (?:allowed|entitled)\b|what (?:is|are|does)\b)",
    re.IGNORECASE,
)
_MAYBE_INSTALL = frozenset({"need.access_request", "need.device_trouble", "need.software_install", "need.question"})
_ON_DEVICE = re.compile(
    r"\b(?:on|onto|to) (?:my|his|her|their|the|our|\w+'s)(?: \w+)? (?:laptop|computer|pc|machine|notebook|"
    r"device|mac|workstation|phone)\b"
    r"|\b(?:re)?install\w*\b",
    re.IGNORECASE,
)
_ASKS_ACCESS = re.compile(r"\b(?:need|give|grant|get|have|add|want|request|like)\b", re.IGNORECASE)


def _grouped(text: str, pieces: list[Piece], mentions: Sequence[Mention], reader: Reader) -> list[Said]:
    """Pieces of a sentence stay together unless both sides stand on their own."""
    whole = without_denied(text)
    said: list[Said] = []
    for piece in pieces:
        now = _look(piece, mentions, reader)
        last = said[-1] if said else None
        if last is None or piece.fresh:
            said.append(now)
        elif _goes_on_listing(last.piece, piece, mentions):
            said[-1] = _look(join(whole, last.piece, piece), mentions, reader)
        elif _apart(last, now, reader):
            said.append(now)
        else:
            both = _look(join(whole, last.piece, piece), mentions, reader)
            stronger = max((last, now), key=lambda one: one.confidence if one.need else one.confidence / 2)
            kept = both if both.confidence >= stronger.confidence - 0.1 else stronger
            said[-1] = replace(kept, piece=both.piece)
    return said


def _apart(one: Said, other: Said, reader: Reader) -> bool:
    """Neighbours in a sentence that each stand on their own: two needs, something that is over, or a clear act."""
    if "over" in (one.label, other.label) or _two_needs(one, other):
        return True
    act = next((said for said in (one, other) if said.label.startswith("act.") and said.confidence >= SURE), None)
    return act is not None and min(one.confidence, other.confidence) >= reader.threshold


def _goes_on_listing(last: Piece, piece: Piece, mentions: Sequence[Mention]) -> bool:
    """`… figma` + `slack on my laptop`: the piece begins with one more app and says nothing of its own."""
    begins = any(one.kind == "app" and one.start == piece.start for one in mentions)
    return begins and bool(_apps(last, mentions)) and not _OWN_VERB.search(piece.text)


_OWN_VERB = re.compile(r"\b(?:is|isn't|doesn't|does|won't|needs?|has|keeps|crash\w*|works?|not|down)\b", re.IGNORECASE)


def _two_needs(one: Said, other: Said) -> bool:
    if not (one.need and other.need) or min(one.confidence, other.confidence) < APART or other.piece.leans:
        return False
    if {one.need, other.need} == {"password_reset", "account_unlock"}:
        return bool(_ORDERS.search(one.piece.text) and _ORDERS.search(other.piece.text))
    if one.need == other.need:
        return False
    return not (one.need in GENERIC or other.need in GENERIC) or min(one.confidence, other.confidence) >= SURE


_ORDERS = re.compile(r"\b(?:unlock|unblock|reset|new password|change)\b", re.IGNORECASE)


def _drop_what_is_over(said: list[Said]) -> list[Said]:
    """`locked out yesterday but it works now`: the trouble before goes with it, unless that is about something else."""
    kept: list[Said] = []
    for one in said:
        if one.label == "over" and kept and kept[-1].need and _refers_back(one.piece.text):
            kept.pop()
        kept.append(one)
    return kept


def _refers_back(text: str) -> bool:
    return bool(
        re.match(
            r"\W*(?:(?:but|and|now|then|so|ok|already|meanwhile|all)\W+)*(?:it|that|this|everything|works?|"
            r"working|fixed|solved|all|problem|the problem|i|seems?|fine)\b",
            text,
            re.IGNORECASE,
        )
    )


def _merged(needs: list[Said], mentions: Sequence[Mention]) -> list[Said]:
    """The same need said twice is one, unless it names another app the second time."""
    kept: list[Said] = []
    for one in needs:
        same = next((at for at, other in enumerate(kept) if other.label == one.label), None)
        if same is None or (one.need in PER_APP and _apps(one.piece, mentions) and _apps(kept[same].piece, mentions)):
            kept.append(one)
        else:
            surer = max(kept[same], one, key=lambda said: said.confidence)
            kept[same] = replace(surer, piece=_both(kept[same].piece, one.piece))
    return kept


def _both(first: Piece, second: Piece) -> Piece:
    return Piece(first.text + " " * max(second.start - first.end, 1) + second.text, first.start, first.fresh)


def _apps(piece: Piece, mentions: Sequence[Mention]) -> set[str | None]:
    return {one.ref for one in mentions if one.kind == "app" and piece.start <= one.start < piece.end}


def _weighed(needs: list[Said]) -> list[Said]:
    """A specific need outweighs a generic one that is not sure of itself; unlocking goes with a forgotten password."""
    specific = [one for one in needs if one.need not in GENERIC]
    kept = [one for one in needs if one.need not in GENERIC or not specific or one.confidence >= SURE]
    names = {one.need for one in kept}
    if names & _FAN_OUT:  # what a joiner, mover or leaver needs or loses belongs to that need
        kept = [one for one in kept if one.need not in PER_APP | {"device_trouble", "account_disable"}]
    if {"password_reset", "account_unlock"} <= names:
        orders = [one for one in kept if _ORDERS.search(one.piece.text)]
        if len(orders) < 2:
            return [one for one in kept if one.need != "account_unlock"]
    return kept


def _whole(said: list[Said], text: str, mentions: Sequence[Mention], reader: Reader) -> Said | None:
    """All pieces that are about something, read as one sentence."""
    about = [
        one for one in said if one.label != "over" and not (one.label.startswith("act.") and one.confidence >= SURE)
    ]
    if not about or any(one.label == "over" for one in said):
        return None
    whole = _look(join(without_denied(text), about[0].piece, about[-1].piece), mentions, reader)
    return whole if whole.need and whole.confidence >= reader.threshold else None


def _best_act(said: list[Said]) -> Said:
    """No need at all: the surest act, a trouble that is over before anything else."""
    over = next((one for one in said if one.label == "over"), None)
    if over:
        return over
    cancel = next((one for one in said if one.label == "act.cancel" and one.confidence >= SURE), None)
    if cancel:
        return cancel
    return max(said, key=lambda one: one.confidence if one.label.startswith("act.") else one.confidence - 1)
