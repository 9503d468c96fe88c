"""Plain text → Data Center's wiki markup, in which it is shown as it is: no links, pictures, mentions or macros. Pure."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"(?P<address>https?://[A-Za-z0-9:/?#&=%._~@+,;-]++)"
    r"|(?P<entity>[&\\]|\((?=[!?/+*\w-]{1,4}\))|(?<=[hH][1-6])\.|(?<=[bB][qQ])\.)"
    r"|(?P<sign>[{}\[\]!|*_^~+#]|\?(?=\?)|(?<=\?)\?|(?<!\w)-|-(?!\w))"
)


"""Addresses are left alone, so that they can be followed: no sign in them opens anything."""


def escaped(text: str) -> str:
    """Text that Jira shows as this text."""
    return _PIECE.sub(_one, text)


def _one(found: re.Match[str]) -> str:
    if found["entity"]:
        return f"&#{ord(found['entity'])};"  # a backslash before a backslash would be a line break
    return f"\\{found['sign']}" if found["sign"] else found[0]
