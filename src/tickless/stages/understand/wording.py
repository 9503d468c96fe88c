"""What is said not to be wanted: denied topics, troubles that are over, and the two directions of access. Pure."""

from __future__ import annotations

import re

_END = r"(?=$|[,.;!?\n]| but | it's | its | it is | i think | rather )"
_TOPIC = r"(?:password|account|vpn|mailbox|laptop|software|licen[cs]e|access|network|internet)"
_WANTED_NOT = r"(?:^|[,.;:!?\n–]\s*|\b(?:please|pls|but|and|just|you|also|only)\s+)"
_DOINGS = (
    r"(?:reset|unlock|unblock|install|remove|revoke|change|touch|give|grant|add|delete|disable|order|renew|replace|close|"
    r"reinstall|send|enlarge|extend)"
)
_DENIED = re.compile(
    r"\b(?:it|this|that|the (?:problem|issue))(?:'s| is| was|s)? ?(?:not|n't|never)"
    rf"(?: (?:about|because of|due to|only|really|a matter of))?[^,.;!?\n]*?{_TOPIC}[^,.;!?\n]*?{_END}"
    rf"|\b(?:it|this|that) (?:isn'?t|wasn'?t) (?:about |because of )?[^,.;!?\n]*?{_TOPIC}[^,.;!?\n]*?{_END}"
    r"|\bi (?:did ?n[o']?t|do ?n[o']?t|don'?t|didn'?t|never|have ?n[o']?t|haven'?t) (?:really |actually )?"
    rf"(?:want|mean|ask|asked|wanted|meant|forget|forgot|forgotten|request|requested)\b"
    rf"(?![^,.;!?\n]*\b(?:any ?more|any longer)\b)[^,.;!?\n]*?{_END}"
    r"|(?<!have )(?<!has )(?<!got )(?<!if )"
    r"\b(?:not|rather than|instead of) (?:about )?(?:the|my|a|an) (?:password|account|vpn|"
    rf"mailbox|laptop|access|licen[cs]e|permissions?|rights|unlock|reset|installation|phone)\b[^,.;!?\n]*?{_END}"
    rf"|{_WANTED_NOT}(?:do not|don'?t|dont|never|not)\s+(?:to )?{_DOINGS}\b"
    r"[^,.;!?\n]*?(?=$|[,.;!?\n]| but | just | only | instead )"
    r"|\bno need (?:to|for|of)\b[^,.;!?\n]*?(?=$|[,.;!?\n]| but | just | only )"
    r"|\bi (?:do not|don'?t|dont) (?:want|need|require|wish|ask for) (?:(?:a|an|the|my|any|to|for|you|have|get|it|be) )*"
    r"(?:new |other |fresh |another )?(?:password|pw|reset|unlock\w*|device|laptop|phone|vpn|install\w*)\b"
    r"(?![^,.;!?\n]*\b(?:any ?more|any longer)\b)[^,.;!?\n]*?(?=$|[,.;!?\n]| but | just | only )"
    r"|\bi already have (?:the |an |all |my )*(?:access|account|licen[cs]e|permissions?|rights|seat)\b[^,.;!?\n]*?"
    r"(?=$|[,.;!?\n]| but )"
    r"|\b(?:so|and)? ?i can (?:still )?(?:log|sign) (?:in|on)(?: fine| again| normally)?(?=\s*[,.;!?]|$)"
    rf"|\bi (?:still |do )?(?:remember|know) (?:my|the) (?:password|pass ?word|pw|pwd)(?: fine| well| perfectly)?\b"
    rf"|\bi (?:still )?know my password\b(?: though)?{_END}|\bmy password is (?:fine|correct|right|ok|okay)\b{_END}"
    r"|\b(?:my |the )?(?:account|password|vpn|laptop|mailbox) is(?:n'?t| not) "
    rf"(?:locked|expired|the (?:problem|issue)|full|broken){_END}",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:works?|working|fine|okay|ok|solved|fixed|resolved|sorted|unlocked|good|in) "
    r"(?:again|now|already|by now|since then|once more|today|meanwhile)\b"
    r"|\b(?:now|already|meanwhile|since then|again) (?:it )?(?:works?|working|fine|solved|fixed|resolved|sorted)\b"
    r"|\b(?:problem|issue|error|trouble|it|that|this)(?:'s| is| has| has been| was| got| went)? "
    r"(?:already |now )?(?:been )?"
    r"(?:gone|solved|fixed|resolved|sorted|went away|over)\b"
    r"|\bno longer (?:locked|broken|a problem|an issue|slow|down)\b|\b(?:fixed|solved|resolved) (?:itself|it myself)\b"
    r"|\ball good (?:now|again)\b",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:is|are|am|'m)(?:n'?t| not| no longer) (?:locked(?: out)?|blocked|broken|down|slow|full|disabled) ?"
    r"(?:any ?more|any longer|now)\b|\bnot (?:more|any ?more|longer) (?:locked|blocked|broken|down|slow|full|disabled)\b",
    re.IGNORECASE,
)
_NOT_OVER = re.compile(
    r"\b(?:not|never|no(?! longer)|nothing|isnt|doesnt|dont|didnt|wont|cant|cannot|hasnt|until|when|will|"
    r"if|should|make|get|please|hope|"
    r"want|need)\b|n't\b",
    re.IGNORECASE,
)
_STILL = re.compile(
    r"^\W*(?:no,? |nope,? |sorry,? |hm+,? |but )*(?:i |it |it's |its |i'm |this |that )?(?:is |am )?still "
    r"(?:can'?t|cannot|can not|locked|doesn'?t|does not|isn'?t|not|the same|broken|down|blocked|slow|get)",
    re.IGNORECASE,
)
_REMOVE = re.compile(
    r"\b(?:remove|revoke|withdraw|take away|take off|take .{1,30} (?:off|back|away)|deprovision|return|"
    r"give back|give up|end|drop|delete|"
    r"cancel|kick)\b(?:\W+\w+){0,6}?\W+(?:access|acces|rights?|permissions?|licen[cs]es?|seat|membership|"
    r"account|role)\b"
    r"|\btake\b.{1,40}\b(?:licen[cs]e|access|rights?|permissions?|seat)\b.{0,20}\b(?:back|away)\b"
    r"|\b(?:remove|kick|take) (?:me|him|her|them|\w+) (?:from|out of|off)\b"
    r"|(?:\b(?:no longer|not|dont|doesnt)|n't) (?:need|require|use|want|needs?)\b.{0,40}"
    r"\b(?:any ?more|any longer|access|licen[cs]e|seat)\b"
    r"|\b(?:should|must) (?:no longer|not) have\b|\bno longer needs?\b.{0,30}\b(?:access|licen[cs]e|account)\b",
    re.IGNORECASE,
)
_CASE_NUMBER = re.compile(
    r"(?:\b(?:case|ticket|request|req|inc|incident|nr|no|number)\b\.?\s*#?|#|\binc)\s*0*(\d{1,10})\b", re.IGNORECASE
)
_CODE = re.compile(r"(?<![\w.:/#-])(\d{4,8}|\d{3}[ -]\d{3,4})(?![\w:/-]|\.\d)", re.ASCII)
_CODE_WORD = re.compile(r"\b(?:code|otp|pin|tan|token|one[- ]time|verification)\b", re.IGNORECASE)


def without_denied(text: str) -> str:
    """The text with what it says it is *not* about replaced by blanks of the same length."""
    return _DENIED.sub(lambda match: " " * len(match.group()), text)


def is_over(text: str) -> bool:
    """The clause says that the trouble is over, plainly and without a `not`, `if` or `please`."""
    if _GONE.search(text):
        return not _NOT_OVER.search(_GONE.sub(" ", text))
    return bool(_OVER.search(text)) and not _NOT_OVER.search(text)


_POLITE = re.compile(
    r"\b(?:thanks?|thank you|thx|cheers|great|perfect|ok(?:ay)?|yes|yep|yeah|good|super|wonderful|now|again|it|"
    r"that|all|everything|"
    r"is|very|much|so|a lot|for (?:the|your) help|and|just|tested|working|works|wow|hi|hello|nice|awesome|"
    r"brilliant|you|me|i|can|see|fine)\b",
    re.IGNORECASE,
)


def only_over(text: str) -> bool:
    """It says that it works and nothing else but thanks: `it works now, thanks`."""
    left = _POLITE.sub(" ", _OVER.sub(" ", text))
    return bool(_OVER.search(text)) and len(re.findall(r"\w+", left)) <= 1


def still_the_same(text: str) -> bool:
    """A short message that says that the trouble is not over."""
    return len(text.split()) <= 10 and bool(_STILL.search(text))


def asks_removal(text: str) -> bool:
    """It is about giving access back or taking it away."""
    return bool(_REMOVE.search(text))


def case_number(text: str) -> str | None:
    """The number of a case or ticket, without leading zeros."""
    found = _CASE_NUMBER.search(text)
    return found.group(1) if found else None


def one_time_code(text: str, *, expected: bool) -> str | None:
    """A code of 4 to 8 digits, when one was asked for, the text names one, or it is all there is."""
    found = _CODE.search(text)
    if not found:
        return None
    alone = not text.replace(found.group(), "", 1).strip(" .!")
    digits = re.sub(r"\D", "", found.group())
    return digits if 4 <= len(digits) <= 8 and (expected or alone or _CODE_WORD.search(text)) else None
