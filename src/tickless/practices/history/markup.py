"""Texts that a ticket system keeps as HTML become plain lines. Pure.

Only tags that HTML knows go: `<hostname>` in a sentence is a word of it.
"""

from __future__ import annotations

import html
import re

_SILENT = re.compile(r"<(script|style|head|title)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|hr)\b[^<>]*>|</(?:p|div|li|ul|ol|tr|table|h[1-6]|blockquote|pre)\s*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:html|body|head|meta|link|script|style|p|div|span|font|center|b|i|u|s|em|strong|small|big|sub|sup|a|img|ul|ol|li|dl|dt|"
    r"dd|table|thead|tbody|tr|td|th|h[1-6]|pre|code|blockquote|o:p|iframe|object|embed|form|input|button|svg)\b[^<>]*>"
    r"|\[/?code\]",
    re.IGNORECASE,
)
_CUT = re.compile(r"<[^<>]*\Z")


def without_markup(text: str, most: int) -> str:
    """The first `most` signs of it as plain text, a line for each paragraph, list item or row."""
    if len(text) > most:
        text = _CUT.sub("", text[:most])
    if "<" in text or "[" in text:
        text = _TAG.sub("", _BREAK.sub("\n", _SILENT.sub(" ", text)))
    return html.unescape(text) if "&" in text else text
