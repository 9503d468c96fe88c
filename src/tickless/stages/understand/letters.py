"""The writer's own words in a message that came by e-mail: without quotes, signatures and footers. Pure.

A forwarded mail without a request of its own is read instead, and then the writer is not the one who asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(r"^[\s>*]*(?:from|von|de|da|van|od)\*?\s?:\s?\*?\s*(.+)$", re.IGNORECASE)
_MORE_HEADER = re.compile(
    r"^[\s>*]*(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|inviato|a|oggetto|"
    r"verzonden|aan|onderwerp|wysłano|do|temat|reply-to)\*?\s?:\s?",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^[\s>]*(?:-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado).*|"
    r"begin forwarded message:?|anfang der weitergeleiteten nachricht:?)\s*-*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[\s>]*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine).*|_{10,})$", re.IGNORECASE
)
_WROTE = re.compile(
    r"^(?:on .{5,100} wrote:?|am .{5,100} schrieb.{0,80}:|le .{5,100} a écrit ?:|el .{5,100} escribió:|"
    r"il .{5,100} ha scritto:|"
    r"op .{5,100} schreef.{0,80}:|.{2,80} <[^>]+@[^>]+> (?:wrote|schrieb|a écrit|escribió)\s?:)$",
    re.IGNORECASE,
)
_DEVICE_LINE = re.compile(
    r"^(?:sent from (?:my|a|outlook|mail|yahoo|proton)|get outlook for|von meinem .{2,30} gesendet|gesendet von meinem|"
    r"envoyé de mon|enviado desde mi|inviato da)\b.*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:many )?thanks(?: (?:a lot|in advance|so much|and regards))?|thank you(?: very much| in advance)?|thx|cheers|"
    r"(?:(?:with )?(?:kind|best|warm|many|friendly)(?:est)? )?(?:regards|wishes)|best|br|kr|sincerely|"
    r"yours(?: (?:sincerely|faithfully))?|"
    r"mit freundlichen grüßen|viele grüße|vg|lg|mfg|cordialement|saludos|cordiali saluti|"
    r"met vriendelijke groet(?:en)?)[\s,.!]*$",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"^\W*(?:this (?:e-?mail|message|communication)\b.{0,60}\b(?:confidential|intended|privileged)|"
    r"confidentiality notice|disclaimer\b|"
    r"the information (?:contained )?in this (?:e-?mail|message)|please consider the environment|"
    r"if you are not the intended|"
    r"registered (?:office|in england)|company registration|diese e-?mail enthält vertrauliche|ce message et)",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"\b(?:fyi|see below|below|forward(?:ed|ing)?|fwd?|please (?:handle|help|assist|take care|see|look|deal|advise|action)|"
    r"can (?:you|someone|anybody) (?:please )?(?:help|look|handle|do|take|assist|sort)|could (?:you|"
    r"someone) (?:please )?(?:help|look|handle|do|take|assist|sort)|"
    r"pls (?:handle|help|assist|see)|for you|over to you|anything we can do)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?: \w+){0,2}[,!.\n]", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOST_SIGNATURE = 9
_CONTACT = re.compile(
    r"^(?:(?:t|m|p|f|tel|phone|mobile|cell|fax|direct|office|ext|desk)[.:]?\s*)?\+?[\d][\d ()/.-]{6,}(?: ?(?:ext|x)\.? ?\d+)?$"
    r"|^(?:e-?mail|mail|web|e|w)?[.:]?\s*(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+)$"
    r"|^[^.!?|•·]{2,60}(?:\s[|•·]\s[^.!?|•·]{2,60})+$",
    re.IGNORECASE,
)
"""A telephone number, an address, or `title | department`: what stands in a signature and nowhere else in a line of its own."""
_COURTESY = re.compile(
    r"\b(?:thanks?(?: you)?(?: so much| a lot| in advance)?|cheers|please|pls|this|that|it|out|for (?:me|us)|asap|urgently|"
    r"today)\b",
    re.IGNORECASE,
)
_FOR_THE_WRITER = re.compile(r"\bfor (?:me|us)\b|\bi (?:need|want|should|would like)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """`text`: what is to be read. `below`: a forwarded mail that the text may speak of."""

    text: str
    below: str = ""
    sender: str = ""
    """Address or name of who wrote what is below."""
    trimmed: bool = False
    """Something was cut: quotes, a signature, a footer."""

    @property
    def passed_on(self) -> bool:
        """The writer's words only hand over what is below."""
        handed = bool(_PASSED_ON.search(self.text))
        said = _PASSED_ON.sub(" ", _GREETING.sub(" ", self.text))
        said = re.sub(r"\W+", " ", _COURTESY.sub(" ", said) if handed else said).strip()
        return bool(self.below) and len(said.split()) <= (3 if handed else 0)

    @property
    def for_the_writer(self) -> bool:
        """What is asked below is to be done for the one who passes it on."""
        return bool(_FOR_THE_WRITER.search(self.text))


def read_letter(text: str) -> Letter:
    """Take a cleaned message apart. A message of one line is returned as it is."""
    if "\n" not in text:
        return Letter(text)
    lines = text.split("\n")
    start, forwarded = _where_history_begins(lines)
    own = _own_words(lines[:start])
    if not forwarded and not own.strip():
        return Letter(text)
    below, sender = _forwarded(lines[start:]) if forwarded else ("", "")
    return Letter(own, below, sender, trimmed=own != text.strip())


def _where_history_begins(lines: list[str]) -> tuple[int, bool]:
    """The first line that is not the writer's, and whether a whole mail with its header follows."""
    for at, line in enumerate(lines):
        if _FORWARD.match(line):
            return at, True
        if _is_header(lines, at):
            return at, True
        if _ORIGINAL.match(line) and any(_is_header(lines, later) for later in range(at + 1, min(at + 4, len(lines)))):
            return at, True
        wrapped = f"{line.strip()} {lines[at + 1].strip()}" if at + 1 < len(lines) else line
        if _WROTE.match(line.strip()) or (line.strip().lower().startswith(("on ", "am ")) and _WROTE.match(wrapped)):
            return at, False
    return len(lines), False


def _is_header(lines: list[str], at: int) -> bool:
    return bool(_HEADER.match(lines[at])) and sum(bool(_MORE_HEADER.match(one)) for one in lines[at + 1 : at + 5]) >= 1


def _own_words(lines: list[str]) -> str:
    """Without quoted lines, the signature and footers."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        if bare.startswith(">") or _DEVICE_LINE.match(bare):
            continue
        rest = [one for one in lines[at + 1 :] if one.strip()]
        if bare in {"--", "—", "-- "} or _FOOTER.match(bare):
            break
        if kept and _CLOSING.match(bare) and len(rest) <= _MOST_SIGNATURE and not any("?" in one for one in rest):
            break
        kept.append(line)
    return "\n".join(_without_contacts(kept)).strip()


def _without_contacts(lines: list[str]) -> list[str]:
    """Without a last paragraph of names, titles and ways to reach somebody, which has no closing above it."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    last = [line.strip() for line in lines[start:end]]
    plain = all(_CONTACT.match(line) or (len(line.split()) <= 5 and line[-1] not in ".!?:") for line in last)
    signed = len(last) <= _MOST_SIGNATURE and sum(bool(_CONTACT.match(line)) for line in last) >= 1 and len(last) >= 2
    return lines[:start] if start and plain and signed and any(line.strip() for line in lines[:start]) else lines


def _forwarded(lines: list[str]) -> tuple[str, str]:
    """The forwarded mail's own words, and who sent it."""
    sender = ""
    body = 0
    for at, line in enumerate(lines):
        header = _HEADER.match(line)
        if header and not sender:
            address = _ADDRESS.search(header.group(1))
            sender = address.group() if address else header.group(1).strip(" *")
        if header or _MORE_HEADER.match(line) or _FORWARD.match(line) or _ORIGINAL.match(line):
            body = at + 1
        elif line.strip() and sender:
            break
    unquoted = [re.sub(r"^\s*> ?", "", line) for line in lines[body:]]
    end, _ = _where_history_begins(unquoted)
    return _own_words(unquoted[:end]), sender
