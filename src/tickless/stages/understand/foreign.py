"""Messages in other languages, word by word into English where a glossary of ours has the words. Pure.

A gloss is no translation: it keeps the words' order and loses their endings. It is read like any message, and counts only
when most of its words were known; names and figures stay as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

KNOWN_SHARE = 0.65
"""Of the words, names and figures aside, so many must be in the glossary."""
_WORKS_NOT = re.compile(r"\bnot works?\b|\bworks? not\b", re.IGNORECASE)
_VPN = re.compile(r"\bvpn\b", re.IGNORECASE)
_LOGS_IN = re.compile(r"\blog in\b", re.IGNORECASE)
"""Many languages have one word for that and for connecting, which is meant where a VPN is spoken of."""
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")


@lru_cache(maxsize=1)
def glossaries() -> dict[str, dict[str, str]]:
    """Language → word → English words (nothing for a word that English leaves out)."""
    found: dict[str, dict[str, str]] = {}
    for path in files("tickless.stages.understand").joinpath("glossary").iterdir():
        if path.name.endswith(".txt"):
            pairs = (
                pair.split("=", 1)
                for pair in path.read_text(encoding="utf-8").replace("\n", "|").split("|")
                if "=" in pair
            )
            words: dict[str, str] = {}
            for word, english in pairs:
                words.setdefault(word.strip().casefold(), english.strip())
            found[path.name.removesuffix(".txt")] = words
    return found


def in_english(text: str, language: str) -> str:
    """The text in English words, or nothing where too little of it is known."""
    words = glossaries().get(language)
    if words is None:
        return ""
    known = unknown = 0
    out, at = "", 0
    for match in _TOKEN.finditer(text):
        written = match.group()
        english = _gloss(written.casefold(), words)
        out += text[at : match.start()] + (written if english is None else english)
        at = match.end()
        if english is not None:
            known += 1
        elif not (written[:1].isupper() and match.start() > 0):
            unknown += 1
    out = re.sub(r" {2,}", " ", out + text[at:]).strip()
    out = _WORKS_NOT.sub("does not work", out)
    out = _LOGS_IN.sub("connect", out) if _VPN.search(out) else out
    enough = known >= 2 or (known == 1 and unknown == 0)
    return out if enough and known >= KNOWN_SHARE * (known + unknown) else ""


def _gloss(word: str, words: dict[str, str]) -> str | None:
    if word in words:
        return words[word]
    head, mark, tail = word.partition("'")
    if mark and tail in words:  # `l'accès`, `d'un`
        return f"{words.get(head, '')} {words[tail]}".strip()
    pieces = word.split("-")
    if len(pieces) > 1 and all(piece in words for piece in pieces):
        return " ".join(words[piece] for piece in pieces)
    return None
