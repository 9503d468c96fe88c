"""What sources say, taken together: who is believed, how belief fades, and where they contradict each other. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tickless.domain.claim import PERSON, Claim, ClaimKind

DECLARED = "declared"
LEARNT: Mapping[str, str] = {
    "seen in traces": "traces", "named in alerts": "learnt", "alerts that come together": "learnt",
}  # fmt: skip
"""What correlation learns, by the words in which it says from where."""
HALF_LIFE: Mapping[str, dt.timedelta | None] = {
    PERSON: None,
    "records": None,
    DECLARED: None,
    "backstage": dt.timedelta(days=60),
    "servicenow": dt.timedelta(days=60),
    "kubernetes": dt.timedelta(days=3),
    "prometheus": dt.timedelta(days=3),
    "traces": dt.timedelta(days=14),
    "learnt": dt.timedelta(days=60),
}
"""Time in which what was not seen again is believed half as much; None: it was declared, and stays until it is taken back."""
TAKEN_BACK = dt.timedelta(days=60)
"""The same for what was declared, once its source has taken it back."""
REVIEW = dt.timedelta(days=365)
"""After so long what was declared should be looked at again."""
_RANK = {
    PERSON: 0,
    "records": 1,
    DECLARED: 1,
    "servicenow": 2,
    "backstage": 2,
    "kubernetes": 3,
    "prometheus": 3,
    "traces": 4,
}
_LAST = 5
JUDGED = 4.0
"""Judgements of people that a source's good name is worth from the start."""
_SECOND_HAND = frozenset({"description", "users", "aliases", "attributes"})
"""Fields in which two sources may differ without contradicting each other."""


def origin_of(source: str) -> str:
    """The kind of source behind a name that only an edge's record gives."""
    if source in HALF_LIFE:
        return source
    return LEARNT.get(source, DECLARED)


def rank_of(claim: Claim) -> tuple[int, dt.datetime, str]:
    """Whose word counts first: people, then records, then discovery; of equals who said it first."""
    return (_RANK.get(claim.origin, _LAST), claim.first_seen, claim.source)


def claim_id(source: str, kind: ClaimKind, key: str) -> str:
    """One claim for each source and thing."""
    return "clm_" + hashlib.sha256("\x00".join((source, kind, key)).encode(errors="replace")).hexdigest()[:40]


def fade(claim: Claim, now: dt.datetime) -> float:
    """How much of a claim is still believed because of its age, 0 to 1: halved with every half-life of its kind of source, and
    at once when the source takes it back."""
    half_life, since = HALF_LIFE.get(claim.origin), claim.last_seen
    if claim.withdrawn_at is None and half_life is None:
        return 1.0
    age = max(now - (since if half_life else claim.withdrawn_at or since), dt.timedelta())
    return float(0.5 ** (age / (half_life or TAKEN_BACK) + (claim.withdrawn_at is not None)))


def stale(claim: Claim, now: dt.datetime) -> bool:
    """Its source no longer says it, or has not for long; what was declared, after a year."""
    if claim.withdrawn_at is not None:
        return True
    half_life = HALF_LIFE.get(claim.origin)
    return now - claim.last_seen > (half_life or REVIEW)


def all_stale(claims: Sequence[Claim], now: dt.datetime) -> bool:
    """Nobody says it freshly."""
    return bool(claims) and all(stale(claim, now) for claim in claims)


def good_names(claims: Iterable[Claim]) -> dict[str, float]:
    """Source → how far it is believed after what people confirmed and rejected of its edges, 0 to 1. Sources of which nothing
    was judged are left out."""
    edges = [claim for claim in claims if claim.kind == "dependency"]
    judged = {claim.key: claim.stands for claim in edges if claim.origin == PERSON and claim.withdrawn_at is None}
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for claim in edges:
        if claim.origin != PERSON and claim.key in judged:
            (right if judged[claim.key] == "says" else wrong)[claim.source] += 1
    return {
        source: round((JUDGED + right[source]) / (JUDGED + right[source] + wrong[source]), 4)
        for source in {*right, *wrong}
    }


@dataclass(frozen=True)
class Belief:
    """An edge after all that is said of it. `source`: who is believed most; `denied`: a person says that there is none."""

    confidence: float
    source: str
    last_seen: dt.datetime
    denied: bool = False


def belief(claims: Sequence[Claim], *, now: dt.datetime, names: Mapping[str, float]) -> Belief:
    """How sure an edge is: a person's word decides; else each source doubts alone, as far as it is fresh and of good name.

    At least one claim. Rounded, so that it changes now and then and not with every look.
    """
    said = [claim for claim in claims if claim.origin == PERSON and claim.withdrawn_at is None]
    if said:
        last = max(said, key=lambda claim: (claim.last_seen, claim.source))
        denied = last.stands == "denies"
        return Belief(0.0 if denied else 1.0, last.source, last.last_seen, denied)
    weights = {c.id: c.confidence * fade(c, now) * names.get(c.source, 1.0) for c in claims}
    doubt = 1.0
    for weight in weights.values():
        doubt *= 1.0 - weight
    surest = max(claims, key=lambda claim: (weights[claim.id], claim.last_seen, claim.source))
    return Belief(round(1.0 - doubt, 2), surest.source, surest.last_seen)


def fields_of(claims: Iterable[Claim]) -> dict[str, Any]:
    """A record's fields, each by the source that counts first among those that say it; what was withdrawn counts last."""
    found: dict[str, Any] = {}
    for claim in sorted(claims, key=lambda one: (one.withdrawn_at is not None, *rank_of(one))):
        for name, value in claim.values.items():
            if value not in (None, "", [], {}):
                found.setdefault(name, value)
    return found


@dataclass(frozen=True)
class Conflict:
    """Two sources contradict each other. `stands` counts, `other` does not."""

    kind: ClaimKind
    key: str
    field: str
    stands: str
    by: str
    other: str
    says: str


def conflicts_of(claims: Sequence[Claim]) -> list[Conflict]:
    """Contradictions among the standing claims about one thing, in the order of fields."""
    standing = sorted((claim for claim in claims if claim.withdrawn_at is None), key=rank_of)
    found: list[Conflict] = []
    if standing and standing[0].kind == "dependency":
        said = [claim for claim in standing if claim.origin == PERSON]
        if said and max(said, key=lambda one: one.last_seen).stands == "denies":
            who = max(said, key=lambda one: one.last_seen)
            found += [
                Conflict("dependency", who.key, "", "there is none", who.source, claim.source, "there is one")
                for claim in standing if claim.origin != PERSON
            ]  # fmt: skip
        return found
    first: dict[str, tuple[str, Any]] = {}
    for claim in standing:
        for name, value in sorted(claim.values.items()):
            if name in _SECOND_HAND or value in (None, "", [], {}):
                continue
            by, stands = first.setdefault(name, (claim.source, value))
            if by != claim.source and _plain(stands) != _plain(value):
                found.append(Conflict(claim.kind, claim.key, name, str(stands), by, claim.source, str(value)))
    return found


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()
