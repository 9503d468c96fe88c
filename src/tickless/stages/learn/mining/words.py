"""The words of a ticket that tell what it is about. Pure."""

from __future__ import annotations

import itertools
import re

_WORD = re.compile(r"[^\W\d_][^\W_]{1,24}(?:-[^\W_]+)?")
_STOP_WORDS = """
a about above after again all also am an and any are as asap at attached back be because been before being below best but by
can cannot
cant could day days dear did do does doing done dont down during each either else etc every few fine for found from further
get getting
give go going good got great had has have having he hello help her here hi him his hope how however if in into is it its just
kind kindly
know let like line look looking made make many may me mean might more most much must my need needed needs new no not now of
off ok on once
one only or other our out over own per please pm possible problem re received regarding regards request requested same see
send sent she
should since so some soon still such sure take team tell than thank thanks that the their them then there these they thing
this those
through to today tomorrow too try trying until up upon us use used using very via want was we well were what when where which
while who why
will wish with within without work would yes yesterday yet you your yours sincerely cheers hey morning afternoon evening
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december
redacted http https www com
und der die das ist nicht ich wir sie mit auf ein eine bitte danke hallo von zu im den dem
"""
_STOP = frozenset(_STOP_WORDS.split())


def words_of(text: str) -> list[str]:
    """In lower case and in order, without those that any ticket may have."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]


def pairs_of(words: list[str]) -> list[str]:
    """Neighbours, as one phrase each."""
    return [f"{left} {right}" for left, right in itertools.pairwise(words) if left != right]
