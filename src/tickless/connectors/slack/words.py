"""Slack's way of writing (mrkdwn) ↔ plain words. Pure."""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(r"<([^<>]*)>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SHOUT = re.compile(r"@(?=(channel|here|everyone)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$()*+,;=%&-]{1,1500}")
_TRAILING = ".,:;!?)]"


def plain(text: str, *, bot: str = "") -> str:
    """What a person wrote, without markup. The bot's own name is left out."""

    def token(found: re.Match[str]) -> str:
        inner, _, label = found[1].partition("|")
        if inner.startswith(("@", "#")):
            return "" if bot and inner == f"@{bot}" else inner[0] + (label or inner[1:])
        if inner.startswith("!"):
            return f"@{label or inner[1:].partition('^')[0]}"
        address = inner.removeprefix("mailto:").removeprefix("tel:")
        return address if not label or label == address else f"{label} ({address})"

    return html.unescape(_TOKEN.sub(token, text)).strip()


def tidy(text: str) -> str:
    """Without control characters, which no channel shows."""
    return _CONTROL.sub("", text).strip()


def escape(text: str) -> str:
    """Words that stay words: no mention, no markup of Slack's own, nobody is called."""
    safe = _CONTROL.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SHOUT.sub("@\u2060", safe)


def linked(text: str) -> str:
    """Escaped, with web addresses that can be followed; each shows where it leads."""
    pieces: list[str] = []
    last = 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_TRAILING)
        pieces += [escape(text[last : found.start()]), f"<{address.replace('&', '&amp;')}>"]
        last = found.start() + len(address)
    return "".join([*pieces, escape(text[last:])])


def link(address: str, label: str) -> str:
    """A link with words of ours."""
    words = escape(label).replace("|", "\u2223").replace("\n", " ")
    target = re.sub(r"[<>|\s]", lambda found: f"%{ord(found[0]):02X}", address).replace("&", "&amp;")
    return f"<{target}|{words}>"
