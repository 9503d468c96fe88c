"""From pieces of a message to the needs in it, with a brain that reads one sentence at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tickless.domain.finding import CaseKind
from tickless.stages.understand.clauses import Piece, cut, join
from tickless.stages.understand.meaning import STATES_TROUBLE, Reader, Said, apps_in, look
from tickless.stages.understand.mention import Mention
from tickless.stages.understand.wording import without_denied

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
_OF_NEWCOMERS = frozenset({"password_reset", "account_unlock"})
_SOMEBODY_NEW = re.compile(
    r"\b(?:my team|our|we|us|colleague|he|she|they|his|her|their|hires?|someone|joins|joining|starts (?:on|next|in))\b",
    re.IGNORECASE,
)
_FAN_OUT = frozenset({"joiner", "mover", "leaver"})
PER_APP = frozenset({"access_request", "access_removal", "software_install"})


def read(text: str, mentions: Sequence[Mention], reader: Reader) -> list[Said]:
    """Everything that the message says, in order; at least one entry. Over and denied things are not among the needs."""
    pieces = [one for one in cut(without_denied(text)) if any(letter.isalnum() for letter in one.text)]
    if not pieces:
        denied = any(letter.isalnum() for letter in text)
        return [Said(Piece("", 0, fresh=True), "act.deny" if denied else "", 0.8, "it is not that")]
    said = _drop_what_is_over(_grouped(text, pieces, mentions, reader))
    needs = _weighed(
        _merged([one for one in said if one.need and one.confidence >= reader.threshold], mentions), mentions
    )
    if len(needs) <= 1:
        whole = _whole(said, text, mentions, reader)
        if whole and (not needs or (whole.label != needs[0].label and whole.confidence > needs[0].confidence + 0.15)):
            needs = [whole]
    return needs or [_best_act(said)]


def _grouped(text: str, pieces: list[Piece], mentions: Sequence[Mention], reader: Reader) -> list[Said]:
    """Pieces of a sentence stay together unless both sides stand on their own."""
    whole = without_denied(text)
    said: list[Said] = []
    for piece in pieces:
        now = look(piece, mentions, reader)
        last = said[-1] if said else None
        if last is None or piece.fresh:
            said.append(now)
        elif _goes_on_listing(last.piece, piece, mentions):
            said[-1] = look(join(whole, last.piece, piece), mentions, reader)
        elif _apart(last, now, reader):
            said.append(now)
        else:
            both = look(join(whole, last.piece, piece), mentions, reader)
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
    if _WHERE.match(piece.text) and apps_in(last, mentions):
        return True  # `figma for me and for Tom, on both our laptops`
    begins = any(one.kind == "app" and one.start == piece.start for one in mentions)
    return begins and bool(apps_in(last, mentions)) and not STATES_TROUBLE.search(piece.text)


_WHERE = re.compile(
    r"(?:on|onto|to) (?:both )?(?:of )?(?:my|his|her|their|the|our)(?: \w+)? (?:laptop|computer|pc|machine|notebook|device|mac|"
    r"workstation)s?\b\W*(?:please|pls|thanks)?\W*$",
    re.IGNORECASE,
)


def _two_needs(one: Said, other: Said) -> bool:
    if not (one.need and other.need) or min(one.confidence, other.confidence) < APART or other.piece.leans:
        return False
    if {one.need, other.need} == {"password_reset", "account_unlock"}:
        return bool(_ORDERS.search(one.piece.text) and _ORDERS.search(other.piece.text))
    if one.need == other.need:
        return False
    generic = [said for said in (one, other) if said.need in GENERIC]
    return all(said.confidence >= SURE or _plainly_asks(said) for said in generic)


def _plainly_asks(said: Said) -> bool:
    """A question that begins like one: `who do I ask about expenses`."""
    return said.need == "question" and bool(_QUESTION.match(said.piece.text))


_QUESTION = re.compile(r"\W*(?:and )?(?:who|where|how|what|when|which|why|is there|are there|do we)\b", re.IGNORECASE)


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
        if same is None or (
            one.need in PER_APP and apps_in(one.piece, mentions) and apps_in(kept[same].piece, mentions)
        ):
            kept.append(one)
        else:
            surer = max(kept[same], one, key=lambda said: said.confidence)
            kept[same] = replace(surer, piece=_both(kept[same].piece, one.piece))
    return kept


def _both(first: Piece, second: Piece) -> Piece:
    return Piece(first.text + " " * max(second.start - first.end, 1) + second.text, first.start, first.fresh)


_ASKS = re.compile(
    r"\?|^\W*(?:and |but |also )?(?:who|whom|where|how|what|when|which|why|is|are|do|does|did|can|could|may|"
    r"should|would|tell|explain|show)\b"
    r"|\b(?:wonder\w*|like to know|want to know|need to know|question|how to|guide|explain|instructions?|where to)\b",
    re.IGNORECASE,
)
_BACK = re.compile(r"\b(?:it|that|this|one|them|there|the new one)\b", re.IGNORECASE)


def _without_asides(needs: list[Said], mentions: Sequence[Mention]) -> list[Said]:
    """Without what only goes on about another need of the message: `how can I set a new one`, `when will it be back`."""
    if len(needs) < 2:
        return needs
    specific = [one for one in needs if one.need not in {"question", "status_of_case", "approval_answer"}]
    if not specific:
        return needs
    has_app = any(one.need in PER_APP and apps_in(one.piece, mentions) for one in needs)
    return [one for one in needs if not _aside(one, mentions, has_app=has_app, specific=specific)]


_BROKEN_DEVICE = re.compile(
    r"\b(?:broken|broke|crack\w*|dead|died|dies|slow\w*|freez\w*|frozen|crash\w*|hangs?|black|blue|screen|battery|charg\w*|boot\w*|"
    r"starts?|turn|fell|dropped|spilled|water|coffee|noise|noisy|hot|beeps?|flicker\w*|stuck|restart\w*|defect\w*|fault\w*|repair|"
    r"fix|replac\w*|problem\w*|issue\w*|trouble|not|no|does|doesn'?t|won'?t|can'?t|cannot|isn'?t|keyboard|mouse|dock\w*|fan|"
    r"stopped|fails?|smash\w*)\b",
    re.IGNORECASE,
)


_EXPLAINS = re.compile(
    r"\W*(?:(?:because|as|since|so|and) )?(?:he|she|they) (?:can|could|does|do|is|are|has|have)\w*", re.IGNORECASE
)
_ABOUT_ACCESS = re.compile(
    r"\bmy (?:\w+ )?(?:access\w*|rights|permissions|accounts?|licen[cs]es?|apps)\b", re.IGNORECASE
)


_WHAT_NOW = re.compile(
    r"\W*(?:(?:so|and|but) )?(?:what (?:now|next|then)|now what|what (?:should|shall|can|do) (?:i|we) do(?: now| next| then)?"
    r"|any (?:ideas?|advice|suggestions?|help)|what do you suggest)\W*\Z",
    re.IGNORECASE,
)


def _aside(one: Said, mentions: Sequence[Mention], *, has_app: bool, specific: list[Said]) -> bool:
    text = one.piece.text
    if one.need == "question" and _WHAT_NOW.match(text):
        return True
    if one.need in {"question", "status_of_case"}:
        return bool(_BACK.search(text)) or (one.need == "question" and not _ASKS.search(text))
    if one.need == "approval_answer":
        return any(other.need in PER_APP for other in specific)
    if one.need in PER_APP:
        return has_app and not apps_in(one.piece, mentions) and bool(_BACK.search(text))
    if one.need == "device_trouble":  # `got a new phone and lost my password`: the phone is well
        others = [other for other in specific if other is not one]
        return bool(others) and not _BROKEN_DEVICE.search(text)
    if one.need == "incident_report":
        named = {m.ref for m in mentions if m.kind == "service" and one.piece.start <= m.start < one.piece.end}
        return (len(specific) > 1 and not named) or bool(_EXPLAINS.match(text))
    return False


def _weighed(needs: list[Said], mentions: Sequence[Mention]) -> list[Said]:
    """A specific need outweighs a generic one that is not sure of itself; unlocking goes with a forgotten password."""
    specific = [one for one in needs if one.need not in GENERIC]
    kept = [
        one for one in needs if one.need not in GENERIC or not specific or one.confidence >= SURE or _plainly_asks(one)
    ]
    kept = _without_asides(kept, mentions)
    names = {one.need for one in kept}
    if "joiner" in names and names & _OF_NEWCOMERS and not any(_SOMEBODY_NEW.search(o.piece.text) for o in kept):
        kept = [one for one in kept if one.need != "joiner"]  # the new starter is who writes
        names = {one.need for one in kept}
    if names & _FAN_OUT:  # what a joiner, mover or leaver needs or loses belongs to that need
        kept = [one for one in kept if one.need not in PER_APP | {"device_trouble", "account_disable", "mailbox_quota"}]
        kept = [one for one in kept if one.need != "question" or not _ABOUT_ACCESS.search(one.piece.text)]
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
    whole = look(join(without_denied(text), about[0].piece, about[-1].piece), mentions, reader)
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
