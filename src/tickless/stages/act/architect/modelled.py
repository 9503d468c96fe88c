"""A draft by a language model: the one form of a runbook, judged by the compiler, mended a few times, never trusted further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from tickless.ai.models import Heard
from tickless.domain.errors import Problem
from tickless.domain.runbook import Runbook
from tickless.stages.act.architect.describing import Drafted, compiled
from tickless.stages.act.architect.forbidden import refusals
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.sketch import Gap
from tickless.stages.act.architect.words import plain
from tickless.stages.act.architect.writing import text_of
from tickless.stages.act.compiler import operations_used

ROUNDS = 3
"""The first try, and so many more less one to mend what the compiler says."""


class Modelling(Protocol):
    """What is asked of a model."""

    def draft(
        self, description: str, operations: str, *, before: str = "", problems: Sequence[str] = ()
    ) -> Heard[Runbook]: ...


def drafted_by(model: Modelling, description: str, means: Means, words: Drafted) -> Drafted:
    """The model's draft if it compiles within a few rounds and takes no less care than `words`, the draft without a model;
    else `words`, with why. `became` stays what the words became: a model is not asked what it did."""
    operations = _listed(means, words)
    text = method = ""
    problems: tuple[Problem, ...] = ()
    for _ in range(ROUNDS):
        heard = model.draft(description, operations, before=text, problems=[str(one) for one in problems])
        if heard.value is None:
            return replace(words, model_said=heard.reason)
        method = f"{heard.call.model} {heard.call.prompt}" if heard.call is not None else "model"
        text = text_of(heard.value.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        made = compiled(Drafted(text, None, words.became, words.gaps, nearest=words.nearest, method=method), means)
        problems = made.problems
        if made.runbook is not None:
            careless = _careless(made.runbook, words, means)
            return replace(words, model_said=careless) if careless else made
    return replace(words, model_said=f"after {ROUNDS} rounds its draft still had {len(problems)} problems")


def _careless(made: Runbook, words: Drafted, means: Means) -> str:
    """Why it may not stand for what was described."""
    if refusals(plain(made.title + " . " + made.description)):
        return "its draft is for what must not be"
    if made.runbook in means.runbooks:
        return f"its draft takes the name of the published runbook {made.runbook}"
    own = words.runbook
    if own is None:
        return ""
    if set(own.approval.roles) - set(made.approval.roles):
        return "its draft asks fewer people for a yes than the description does"
    if own.requires.verified_identity and not made.requires.verified_identity:
        return "its draft does not ask for a verified identity"
    changing = {name for name in operations_used(made) if means.catalogue[name].effect != "read"}
    wanted = {name for name in operations_used(own) if means.catalogue[name].effect != "read"}
    if words.gaps == () and changing - wanted:
        return f"its draft changes more than the description says: {', '.join(sorted(changing - wanted))}"
    return ""


def _listed(means: Means, words: Drafted) -> str:
    """The operations worth offering: those that the words led to, their neighbours, and the house's own."""
    used = operations_used(words.runbook) if words.runbook is not None else frozenset()
    areas = {name.partition(".")[0] for name in used} | {"tickless", "health"}
    whole = " ".join(one.sentence for one in words.became)
    for gap in (*words.gaps, Gap("", "", means.nearest(whole))):
        areas |= {name.partition(".")[0] for name in gap.nearest}
    lines = []
    for name, one in sorted(means.catalogue.items()):
        if name.partition(".")[0] in areas:
            takes = ", ".join(
                field if info.is_required() else f"{field}?" for field, info in one.params.model_fields.items()
            )
            gives = ", ".join(one.output.model_fields)
            lines.append(f"- {name} ({one.effect}): takes {takes or 'nothing'}; answers {gives}")
    return "\n".join(lines)
