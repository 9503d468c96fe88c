"""What a language model gets to read of machines' words: their shape, never what they carry. Pure.

An alert, a log line or a tool's answer may hold a sentence that speaks to the model. Values become `<*>`, what speaks to the
machine is taken out, and what is left is short; people get the words themselves.
"""

from __future__ import annotations

from tickless.practices.tickets.pack import Pack
from tickless.stages.sense.patterns.words import shape_of
from tickless.stages.understand.hostile import without_commands

MOST_WORDS = 24
"""A log message says in its first words which one it is."""


def abstract(text: str) -> str:
    """The template of a machine's words."""
    return " ".join(shape_of(without_commands(text))[:MOST_WORDS])


def for_a_model(pack: Pack, *, machine: bool) -> Pack:
    """The pack with templates in place of what connectors answered, and, where a `machine` opened the case, of its alerts."""
    told: dict[str, object] = {
        "tried": tuple(one.model_copy(update={"result": abstract(one.result)}) for one in pack.tried),
        "checks": tuple(abstract(one) for one in pack.checks),
        "ruled_out": tuple(abstract(one) for one in pack.ruled_out),
    }
    if machine:
        told |= {"title": abstract(pack.title), "evidence": tuple(dict.fromkeys(map(abstract, pack.evidence)))}
    return pack.model_copy(update=told)
