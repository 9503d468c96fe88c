"""Plain words that turn round what a sentence sounds like. Each rule names the labels it speaks to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tickless.stages.understand.wording import asks_removal


@dataclass(frozen=True)
class Turned:
    """The label that is meant instead."""

    label: str
    confidence: float
    why: str


_WHO_TO_ASK = re.compile(
    r"\bwho (?:do|can|should|could|must|would|may) (?:i|we|one|you)\b[^.?!]{0,30}\b(?:ask|contact|talk|speak|"
    r"turn|write|call|tell|approach)"
    r"|\bwho (?:can|could) (?:i ask|tell me|help me with|explain)|\bwho (?:is|are) (?:responsible|"
    r"the right person|in charge)"
    r"|\bwhom (?:do|can|should) i\b|\bwhere do i (?:go|turn)\b",
    re.IGNORECASE,
)
_FORGOT = re.compile(
    r"\b(?:forg[eo]t(?:ten)?|do ?n[o']?t (?:know|remember)|can'?t remember|lost)\b[^.;!?]{0,25}\b(?:password|pass ?word)\b",
    re.IGNORECASE,
)
_MISTYPED = re.compile(
    r"\b(?:mistyped|typed|entered|tried|wrong)\b[^.;!?]{0,60}\b(?:times|often|attempts|tries)\b[^.;!?]{0,60}"
    r"\b(?:won'?t|locked|blocked|no more|can'?t|not let)|\btoo many (?:failed |wrong )?(?:attempts|tries|log ?ins?)\b",
    re.IGNORECASE,
)
_DROPS = re.compile(
    r"^\W*(?:please |pls |you can |can you |swap please:? ?|i want to |i'd like to )*(?:drop|return|give back|"
    r"hand back|get rid of|free up|release)\b",
    re.IGNORECASE,
)
_SEAT = re.compile(r"\b(?:seat|licen[cs]e|access|subscription|account)\b", re.IGNORECASE)
_STILL_OPEN = re.compile(
    r"\b(?:do i|have i|did i|is there|are there|what)\b[^.?!]{0,30}\b(?:open|pending|outstanding|running|in progress|"
    r"unfinished)\b[^.?!]{0,25}\b(?:with you|with it|with the (?:help|service) ?desk|for me|of mine|"
    r"from me|in my name|requests?|tickets?|cases?)\b",
    re.IGNORECASE,
)
_APPROVES = re.compile(
    r"\bi (?:do not |don'?t |can'?t |cannot |won'?t |hereby |will )?(?:approve|reject|decline|agree to|sign off)\b"
    r"|\b(?:i'm|i am|we are|we're) (?:ok|okay|fine|good|happy|alright|in agreement) (?:with|if|that|for)\b[^.?!]{0,30}\balex\b"
    r"|^\W*(?:yes|ok|okay|no)?\W*(?:please |pls |you can |you may )*(?:approve|reject|decline|deny) "
    r"(?:the |this |that |it|alex)"
    r"(?![^.?!]*\b(?:myself|for me)\b)"
    r"|\b(?:fine|ok|okay|good|alright) (?:with|by|for) me\b|^\W*(?:ok|okay|yes|approved?|no|rejected|declined|"
    r"denied|granted)\b,? (?:for|to) alex\b"
    r"|\balex may have\b",
    re.IGNORECASE,
)
_TO_APPROVE = re.compile(
    r"\b(?:what|which|anything|something|how many|any)\b[^.?!]{0,40}\b(?:to approve|approvals?|waiting for (?:me|"
    r"my)|need my)\b",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^\W*(?:did|has|have) (?:alex|she|he|they|anybody|anyone|somebody|someone)\b[^.?!]{0,20}\b(?:answer|approve|"
    r"repl|agree|sign|look)",
    re.IGNORECASE,
)
_LOST_ACCESS = re.compile(
    r"\b(?:put|add|give|get|bring|let)\b (?:it|them|me|my \w+|the \w+)(?: it| them)? (?:back|again)\b|\brestore\b|\bre-?add\b"
    r"|\b(?:lost|miss|missing) (?:all )?(?:my |the )?(?:access|rights?|permissions?)\b"
    r"|\b(?:access|rights?|permissions?)\b[^.?!]{0,30}\b(?:is|are|was|were|has|have) (?:been )?(?:gone|lost|missing|vanished|"
    r"disappeared)\b|\b(?:have|has|got|with) no access\b"
    r"|(?<!should )(?<!must )(?<!may )\b(?:not|n't) (?:have|got) (?:any )?access\b|\b(?:add me|me add)\b",
    re.IGNORECASE,
)
_GIVES_ME = re.compile(
    r"^\W*(?:please |pls |then )*(?:give|grant|get) (?:me )?(?:access to |the )?figma\b(?! (?:back|away|up)\b)",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^\W*alex is (?:my|our) [\w ]{3,25}\W*$|^\W*(?:my|our) [\w ]{3,25} is alex\W*$", re.IGNORECASE
)
_MOVES = re.compile(r"\b(?:new|now|mov|chang|transfer|switch|from)\w*", re.IGNORECASE)
_ON_LEAVE = re.compile(
    r"\b(?:on|from|after|before|during) (?:my |his |her |their |the |a |an )?(?:\w+ )?(?:leave|holidays?|vacation)\b"
    r"|\b(?:parental|annual|maternity|paternity|sick|unpaid|family|my|her|his|their) leave\b",
    re.IGNORECASE,
)
_LEAVES = re.compile(r"\b(?:leaves|leaving|left|last day|offboard|quit|resigned)\b", re.IGNORECASE)
_PRIVATE = re.compile(
    r"\b(?:phone number|home address|private address|salary|birthday|date of birth|"
    r"password)\b[^.?!]{0,20}\b(?:of|for) alex\b|\balex's (?:phone number|"
    r"home address|private address|salary|birthday)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:give|tell|send|show|what is|what's|need)\b", re.IGNORECASE)
_VPN = re.compile(r"\bvpn\b", re.IGNORECASE)
_EVERYBODY = re.compile(
    r"\b(?:every(?:body|one)|nobody|no one|all|whole|entire|we|us|our|team|office|colleagues|others|outage|"
    r"gateway|people|users)\b",
    re.IGNORECASE,
)
_PER_APP = frozenset({"need.access_request", "need.software_install", "need.access_removal", "act.cancel"})


def _asks_what_is_open(label: str, text: str) -> bool:
    answered = _ANSWERED.search(text) and not label.startswith("act.")
    return bool(_TO_APPROVE.search(text) or answered or (_STILL_OPEN.search(text) and "figma" not in text))


def turned_round(label: str, text: str) -> Turned | None:
    """What is meant instead of `label`, or None. `text` has its names as the examples write them."""
    if label == "act.out_of_scope" and _WHO_TO_ASK.search(text):
        return Turned("need.question", 0.75, "asks whom to ask")
    if label == "need.account_unlock" and _FORGOT.search(text):
        return Turned("need.password_reset", 0.8, "says that the password is forgotten")
    if label == "need.password_reset" and _MISTYPED.search(text) and not _FORGOT.search(text):
        return Turned("need.account_unlock", 0.8, "says that there were too many tries")
    if label == "need.incident_report" and _VPN.search(text) and not _EVERYBODY.search(text):
        return Turned("need.vpn_trouble", 0.7, "the VPN fails for one person")
    if "figma" in text and _DROPS.search(text) and (label in _PER_APP or _SEAT.search(text)):
        return Turned("need.access_removal", 0.8, "gives an app back")
    if _asks_what_is_open(label, text):
        return Turned("need.status_of_case", 0.75, "asks what is still open")
    if label != "need.status_of_case" and _APPROVES.search(text) and not text.rstrip().endswith("?"):
        return Turned("need.approval_answer", 0.75, "says yes or no for somebody")
    if label == "need.access_removal" and _LOST_ACCESS.search(text) and not asks_removal(text):
        return Turned("need.access_request", 0.75, "asks for access that is missing")
    if label == "need.access_request" and _GIVES_ME.search(text):
        return Turned("need.access_request", 0.75, "asks for an app")
    if label == "need.mover" and _INTRODUCES.search(text) and not _MOVES.search(text):
        return Turned("", 0.2, "says who the manager is")
    if label == "need.leaver" and _ON_LEAVE.search(text) and not _LEAVES.search(text):
        return Turned("", 0.2, "was away, and is back")
    if (
        label in {"need.access_request", "need.question", "need.device_trouble"}
        and _PRIVATE.search(text)
        and _TELLS.search(text)
    ):
        return Turned("act.out_of_scope", 0.8, "asks for something private of somebody")
    return None
