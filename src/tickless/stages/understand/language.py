"""Which language a message is in, by simple means: its script, and the small words every language needs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from tickless.stages.understand.foreign import glossaries
from tickless.stages.understand.spelling import fold
from tickless.stages.understand.text import is_ordinary

_SMALL_WORDS = {
    "sv": "jag inte och är det ett min mitt mina kan hej tack med för på av till som har lösenord glömt konto låst behöver "
    "åtkomst fungerar från kommer någon hjälp logga mejl",
    "da": "jeg ikke og er det en et min mit mine kan hej tak med for på af til som har adgangskode glemt konto låst brug "
    "adgang virker fra kommer nogen hjælp logge kodeord",
    "no": "jeg ikke og er det en et min mitt mine kan hei takk med for på av til som har passord glemt konto låst trenger "
    "tilgang fungerer virker fra kommer noen hjelp logge",
    "fi": "en ole minun olen ja on se ei voi hei kiitos salasana unohdin tili lukittu tarvitsen pääsy toimi apua kirjautua",
    "cs": "já můj moje mám jsem není nemohu nejde prosím dobrý den děkuji heslo zapomněl účet zablokovaný přístup potřebuji "
    "se do na v přihlásit jak",
    "ro": "eu meu mea nu este și pot vă rog bună ziua mulțumesc parola am uitat contul blocat acces nevoie funcționează cu la",
    "hu": "én nem és van az egy kérem szia köszönöm jelszó jelszavam elfelejtettem fiók zárolva hozzáférés kell működik hogyan",
    "tr": "ben bir ve için şifremi unuttum hesabım kilitlendi merhaba lütfen teşekkürler çalışmıyor erişim "
    "istiyorum değil nasıl var yok giriş yapamıyorum yardım",
}
"""Languages that have no glossary of ours: enough words to tell which one it is."""
_ENGLISH = (
    "i the a an my me is are was to of in on for and not it can cannot can't you your we our this that "
    "do does don't have has need please "
    "with from what how when why who where help hi hello thanks thank yes no ok access account password "
    "locked out reset install laptop "
    "again now just am i'm be been will would could should or but if there any all new get working work works vpn"
)
_SCRIPTS = {
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
_HOME = frozenset(_ENGLISH.split())
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_SPANISH = re.compile("[¿¡]")
_PIECES = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@lru_cache(maxsize=1)
def _foreign() -> dict[str, frozenset[str]]:
    """Language → words that tell it: of its glossary, or of the list above."""
    small = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
    return small | {language: frozenset(words) for language, words in glossaries().items()}


def foreign_language(text: str) -> str | None:
    """A two-letter guess when the text is clearly not English; None for English, and where nothing can be said.

    Words that both have (`in`, `account`) tell nothing. It takes two that only the other has, or one in a very short text, and
    more of them than of those that only English has.
    """
    script = _foreign_script(text)
    if script:
        return "uk" if script == "ru" and _UKRAINIAN.search(text) else script
    pieces = _PIECES.findall(text.casefold())
    if not pieces:
        return None
    english = {piece for piece in pieces if piece in _HOME or is_ordinary(fold(piece))}
    best: tuple[int, int, str] | None = None
    for language, words in _foreign().items():
        telling = sum(piece in words and piece not in english for piece in pieces)
        shared = sum(piece in words for piece in pieces)
        best = max(best or (0, 0, ""), (telling, shared, language))
    assert best is not None
    telling, shared, language = best
    only_english = sum(piece in english and piece not in _foreign()[language] for piece in pieces) if language else 0
    if _SPANISH.search(text) and language == "es":
        telling += 1
    enough = telling >= 2 or (telling == 1 and len(pieces) <= 3 and only_english == 0)
    return language if enough and telling > only_english and shared * 3 >= len(pieces) else None


def _foreign_script(text: str) -> str | None:
    """By script, when more than half of the letters are in it. Kana and Han together are Japanese."""
    letters = [letter for letter in text if letter.isalpha()]
    counts = Counter(unicodedata.name(letter, "?").split(" ")[0].split("-")[0] for letter in letters)
    foreign = {name: count for name, count in counts.items() if name in _SCRIPTS}
    if not foreign or sum(foreign.values()) * 2 <= len(letters):
        return None
    if "HIRAGANA" in foreign or "KATAKANA" in foreign:
        return "ja"
    return _SCRIPTS[max(foreign, key=lambda name: foreign[name])]
