"""Everyday abbreviations and slips in the words that needs are made of, put right before a brain reads them. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tickless.stages.understand.spelling import SpellingIndex, allowed_slips, fold, index_words
from tickless.stages.understand.text import is_ordinary, listed

_SHORT = {
    "accnt": "account", "acct": "account", "acnt": "account", "acc": "account", "pw": "password", "pwd": "password",
    "passwd": "password", "pass": "password", "plz": "please", "pls": "please", "plse": "please", "u": "you", "ur":
    "your", "vpm": "vpn", "vnp": "vpn", "pvn": "vpn", "thx": "thanks", "tks": "thanks", "wont": "won't", "cant": "can't",
    "dont": "don't", "doesnt": "doesn't", "isnt": "isn't", "asap": "urgently", "sw": "software", "lic": "licence", "msg":
    "message",
}  # fmt: skip
_CORE = listed(
    "account password locked unlock unlocked blocked unblock reset forgotten forgot forget expired install "
    "installed installation  software program application access permission permissions licence license laptop "
    "notebook computer screen keyboard battery  mailbox inbox quota mails email outlook printer printing network "
    "internet connection connect connected connects profile client  version certificate monitor headset docking "
    "download update updated error message morning yesterday monday tuesday wednesday  thursday friday since please "
    "again working broken remember attempts login sign vacation holiday colleague manager "
)
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")


@lru_cache(maxsize=1)
def _core() -> SpellingIndex:
    return index_words(word for word in _CORE if word.isalpha())


def respelt(text: str) -> str:
    """The text with abbreviations written out and slips in telling words mended; names and everything else stay."""
    return _WORD.sub(lambda match: _mended(match.group()), text)


@lru_cache(maxsize=8_192)
def _mended(word: str) -> str:
    plain = fold(word)
    if plain in _SHORT:
        return _SHORT[plain]
    if len(plain) < 5 or is_ordinary(plain) or plain in _core().words or "'" in plain:
        return word
    near = [(cost, meant) for cost, meant in _core().near(plain) if cost <= allowed_slips(meant)]
    return near[0][1] if near and (len(near) == 1 or near[0][0] < near[1][0]) else word
