"""A model's reading beside the brain's: it may only add understanding, never rights. Pure.

The brain's findings stand. Only where it understood nothing at all may a need be taken from a model, and only one that gives
nobody anything: no access, password, account or people. Entities and slots stay the brain's: whom a case is for never changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tickless.ai.models.outputs import Reading
from tickless.domain.finding import CaseKind, Evidence, Finding
from tickless.domain.record import Untrusted

CONFIDENCE = 0.5
"""Of what only a model understood: low enough for the house to ask back wherever it asks back at all."""
HARMLESS: frozenset[CaseKind] = frozenset({"incident", "question"})
_RIGHTS = re.compile(
    r"access|account|admin|approv|certificat|code|credential|delegat|deputy|forward|grant|group|identity|install|join|key|leav"
    r"|licen[cs]e|login|member|mfa|mover|offboard|onboard|owner|passw|people|permission|person|phish|pin|privileg|reset|role"
    r"|secret|share|sign_?in|sudo|token|transfer|unlock|user"
)


def is_unsure(findings: Sequence[Finding]) -> bool:
    """Whether the brain alone understood nothing in a message: the only case in which a model is asked."""
    return len(findings) == 1 and findings[0].need is None and findings[0].act in {"need", "out_of_scope"}


def widens(label: str, kinds: Mapping[str, CaseKind]) -> bool:
    """Whether a need gives somebody something, or might: everything but an incident or a question that names no right."""
    return kinds.get(label) not in HARMLESS or _RIGHTS.search(label.casefold()) is not None


def reconcile(
    findings: Sequence[Finding], reading: Reading | None, *, kinds: Mapping[str, CaseKind], source: str
) -> tuple[Finding, ...]:
    """The findings to go by. `reading`: a checked one; None where the model failed. `kinds`: of all known needs.
    `source`: the model and its prompt's version."""
    given = tuple(findings)
    if reading is None or not is_unsure(given):
        return given
    needs = [need for need in reading.needs if not widens(need.label, kinds)]
    if not needs or len(needs) < len(reading.needs):
        return given  # a message that might ask for a right is left to the brain, which asks back
    unsure = given[0]
    found = []
    for number, need in enumerate(needs):
        why = Evidence(
            text=f"a language model reads it so: “{Untrusted(need.quote).tame(80)}”", source="model", ref=source
        )
        update = {
            "id": unsure.id if number == 0 else f"{unsure.id}_{number + 1}",
            "act": "need",
            "need": need.label,
            "kind": kinds[need.label],
            "confidence": CONFIDENCE,
            "evidence": (*unsure.evidence, why),
            "brain": source,
        }
        found.append(unsure.model_copy(update=update))
    return tuple(found)
