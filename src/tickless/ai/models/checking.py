"""What a model said against what it was given: None if it may be used, else the reason why not. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from tickless.ai.models.masking import Names, has_stand_ins
from tickless.ai.models.outputs import Composed, Reading, Reworded, Summary
from tickless.domain.runbook import Runbook
from tickless.kit.redaction import redact_secrets

MOST_COMPOSED = 1_200
MOST_SUMMARY = 800
_BETWEEN = re.compile(r"[\s()<>\[\]{}\"“”'‘’|]+")
_ADDRESS = re.compile(r"//|@|\w\.[^\W\d_]{2}|^www\.")
_NUMBER = re.compile(r"\d+")
_DENIES = re.compile(r"\b(?:not|no|never|without|cannot|nor|none)\b|n[’']t\b", re.IGNORECASE)
_MARKUP = re.compile(r"[<>`]|!\[|\]\(")
_NAMED = re.compile(r"\b(?:[^\W\d_]*[^\W_]*\d[\w-]*|[A-Z]\w+(?:-\w+)*)")
"""What looks like a name or an id: capitalised, or with a digit in it."""
_BEGINS = re.compile(r"(?:^|[.!?:;\n“\"(]\s*)$")
_WORD = re.compile(r"[^\W\d_]{4,}")
STEM = 5
OWN_WORDS = 0.4
"""Share of a summary's longer words that may be its own."""
_CODE = re.compile(r"\b(?:\d{4,}|(?=\w*\d)[A-Z0-9]{3,}(?:-[A-Z0-9]+)+)\b")
_CHOICES = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d{1,2}[.)])\s")
_REFUSES = re.compile(
    r"\b(?:refus\w+|den(?:y|ied|ies)|declin\w+|reject\w+|forbid\w*|not (?:allowed|permitted|approved|eligible|entitled)"
    r"|can(?:'|’)t do this for you)\b",
    re.IGNORECASE,
)


_GRANTS = re.compile(
    r"\b(?:pre-?)?(?:approved|granted|authori[sz]ed|exempt(?:ed)?|cleared)\b"
    r"|\b(?:no|without|skip(?:ping)?)\s+(?:any\s+|the\s+)?(?:further|more|other|additional)?\s*(?:checks?|verification|proof|approvals?)\b",
    re.IGNORECASE,
)
"""What a person might act on as if it had been decided: the pack tells by itself what was."""


def flat(text: str) -> str:
    """One spelling for comparing: compatibility form, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("。", ".").casefold().split())


def addresses(text: str) -> frozenset[str]:
    """Links, e-mail addresses and whatever else has a dot where a host's name has one."""
    return frozenset(word.strip(".,;:!?") for word in _BETWEEN.split(flat(text)) if _ADDRESS.search(word))


def numbers(text: str) -> frozenset[str]:
    """Every run of digits, in any script."""
    return frozenset(str(int(found)) for found in _NUMBER.findall(flat(text)))


def hidden(text: str) -> bool:
    """Whether there are characters that people cannot see, or markup."""
    bad = any(unicodedata.category(one) in {"Cc", "Cf", "Co", "Cn"} and one != "\n" for one in text)
    return bad or _MARKUP.search(text) is not None


def wrong_words(said: str, source: str, *, most: int) -> str | None:
    """Reasons that hold for every text: too long, hidden characters, invented addresses, numbers or stand-ins."""
    if len(said) > most:
        return "it is too long"
    if hidden(said):
        return "it has hidden characters or markup"
    if has_stand_ins(said):
        return "it names somebody whom it was not given"
    if not addresses(said) <= addresses(source):
        return "it names an address that it was not given"
    if not numbers(said) <= numbers(source):
        return "it names a number that it was not given"
    return None


def wrong_reading(reading: Reading, text: str, labels: Collection[str]) -> str | None:
    """Labels are known, quotes stand in the text, and no need is named twice."""
    if any(need.label not in labels for need in reading.needs):
        return "it names a need that is not known"
    if any(not flat(need.quote) or flat(need.quote) not in flat(text) for need in reading.needs):
        return "it quotes what was not written"
    if len({need.label for need in reading.needs}) < len(reading.needs):
        return "it names a need twice"
    return None


def wrong_composed(composed: Composed, passages: Mapping[int, str]) -> str | None:
    """Every sentence cites passages that exist, and has nothing in it that is not in them."""
    if not composed.sentences:
        return "it found no answer in the passages"
    if len(composed.text) > MOST_COMPOSED:
        return "it is too long"
    for one in composed.sentences:
        if not all(number in passages for number in one.cites):
            return "it cites what it was not given"
        if re.search(r"\[\s*\d+\s*\]", one.text):
            return "it cites inside a sentence"
        wrong = wrong_words(one.text, "\n".join(passages[number] for number in one.cites), most=400)
        if wrong:
            return wrong
    return None


def wrong_summary(summary: Summary, text: str, names: Names | None = None) -> str | None:
    """Shorter than the text, with no name, id or number that is not in it, mostly in its words. `names`: of people."""
    said, source = summary.text, flat(text)
    if wrong := wrong_words(said, text, most=min(MOST_SUMMARY, max(len(text), 1))):
        return wrong
    people = [said[start:end] for start, end in names.spans(said)] if names is not None else []
    if any(flat(one) not in source for one in (*people, *_named(said))):
        return "it names what it was not given"
    if _GRANTS.search(flat(said)):
        return "it speaks of what is approved or granted, which only the record may"
    known = {word[:STEM] for word in _WORD.findall(source)}
    words = [word[:STEM] for word in _WORD.findall(flat(said))]
    if sum(word not in known for word in words) > OWN_WORDS * len(words):
        return "it says too much in words of its own"
    return None


def _named(said: str) -> list[str]:
    """Ids anywhere, and capitalised words that do not begin a sentence."""
    found = _NAMED.finditer(said)
    return [one[0] for one in found if any(map(str.isdigit, one[0])) or not _BEGINS.search(said[: one.start()])]


def not_for_rewording(text: str) -> str | None:
    """Why nobody may say this in other words: a person acts on it to the letter."""
    if addresses(text):
        return "it has a link or an address in it"
    if _CODE.search(text):
        return "it has a code or a number of an asset in it"
    if _CHOICES.search(text):
        return "it has choices or steps in it"
    if _REFUSES.search(text):
        return "it refuses something, and the reason stands as it is"
    return None


def wrong_rewording(reworded: Reworded, text: str, keep: Collection[str] = ()) -> str | None:
    """The same numbers, addresses and words to keep; as many times "not"; not much longer."""
    said = reworded.text
    if wrong := wrong_words(said, text, most=len(text) + max(len(text) // 2, 40)):
        return wrong
    if numbers(said) != numbers(text) or addresses(said) != addresses(text):
        return "it leaves out a number or an address"
    if any(flat(word) not in flat(text) for word in _named(said)):
        return "it names what it was not given"
    if any(word in text and word not in said for word in (*keep, *_named(text))):
        return "it leaves out words that must stay"
    if len(_DENIES.findall(said)) != len(_DENIES.findall(text)):
        return "it turns a yes into a no, or a no into a yes"
    return None


def wrong_draft(got: Runbook) -> str | None:
    """A drafted runbook: the compiler judges it; here only what no draft may hold."""
    text = got.model_dump_json(by_alias=True)
    if redact_secrets(text) != text:
        return "it holds what looks like a secret"
    return (
        "it holds what people cannot see" if hidden(text.replace("<", "").replace(">", "").replace("`", "")) else None
    )
