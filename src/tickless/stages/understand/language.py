"""Which language a message is in, by simple means: its script, and the small words every language needs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_SMALL_WORDS = {
    "de": "ich nicht und ist das der die mein meine meinen mir mich kann bitte habe hallo danke wir sie ein "
    "eine einen für mit auf zu es geht "
    "wie was passwort vergessen konto gesperrt zugriff brauche funktioniert mehr kein keine guten tag "
    "morgen hilfe auch noch wird seit",
    "fr": "je ne pas est le la les un une des mon ma mes j'ai bonjour merci avec pour dans vous nous plus peux "
    "mot passe oublié compte bloqué "
    "besoin accès et sur au du que qui il elle s'il plaît suis c'est salut depuis fonctionne",
    "es": "no puedo mi el la los las una un es por favor hola gracias con para que estoy tengo olvidé "
    "contraseña cuenta bloqueada necesito "
    "acceso y del al se ha está buenos días mis funciona desde ayuda muy cómo",
    "it": "non il la lo gli una un è per favore ciao grazie con mio mia ho che sono dimenticato password "
    "bloccato bisogno accesso e di del "
    "posso buongiorno funziona come anche questo della mi",
    "pt": "não o a os as uma um é por favor olá obrigado obrigada com meu minha eu que estou tenho esqueci "
    "senha conta bloqueada preciso "
    "acesso e do da ao está bom dia funciona desde você consigo",
    "nl": "ik niet en is het de een mijn kan graag hallo bedankt met voor op wachtwoord vergeten geblokkeerd "
    "toegang nodig heb werkt meer "
    "geen goedemorgen alstublieft wat hoe van naar mij ben",
    "pl": "nie mam jest moje mój moja proszę cześć dziękuję hasło zapomniałem konto zablokowane dostęp "
    "potrzebuję się do na z i w mogę "
    "dzień dobry działa jak czy",
    "sv": "jag inte och är det en ett min mitt kan hej tack med för på lösenord glömt konto låst behöver "
    "åtkomst fungerar",
    "tr": "ben bir ve için şifremi unuttum hesabım kilitlendi merhaba lütfen teşekkürler çalışmıyor erişim "
    "istiyorum değil nasıl var yok",
}
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
_FOREIGN = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_HOME = frozenset(_ENGLISH.split())
_PIECES = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def foreign_language(text: str) -> str | None:
    """A two-letter guess when the text is clearly not English; None for English, and where nothing can be said."""
    script = _foreign_script(text)
    if script:
        return script
    pieces = _PIECES.findall(text.casefold())
    if not pieces:
        return None
    at_home = sum(piece in _HOME for piece in pieces)
    scores = {language: sum(piece in words for piece in pieces) for language, words in _FOREIGN.items()}
    language = max(scores, key=lambda name: scores[name])
    telling = sum(piece in _FOREIGN[language] and piece not in _HOME for piece in pieces)
    enough = telling >= 2 or (telling == 1 and len(pieces) <= 2)
    return language if enough and telling > at_home and scores[language] * 4 >= len(pieces) else None


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
