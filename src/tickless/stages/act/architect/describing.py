"""Plain words → a draft of a runbook, compiled, with what each sentence became and what it could not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tickless.domain.errors import BadInput, Problem, RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.stages.act.architect.drawing import draw
from tickless.stages.act.architect.forbidden import Refusal, refusals
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.reading import LONGEST, sentences_of
from tickless.stages.act.architect.sketch import Became, Gap
from tickless.stages.act.architect.words import plain
from tickless.stages.act.architect.writing import text_of, whole_of
from tickless.stages.act.compiler import compile_runbook, operations_used

PATH = "draft.yaml"
METHOD = "words-1"


@dataclass(frozen=True)
class Drafted:
    """What a description became. `text`: the file; empty where there is none. `became`: sentence by sentence. `gaps`: what
    could not be expressed. `refused`: what must not be. `problems`: of the compiler. `nearest`: the published
    runbook most like it."""

    text: str
    runbook: Runbook | None
    became: tuple[Became, ...] = ()
    gaps: tuple[Gap, ...] = ()
    refused: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    nearest: str | None = None
    method: str = METHOD
    model_said: str = ""
    """Why a model's draft was not taken; empty: none was asked for, or it was."""

    @property
    def impossible(self) -> bool:
        """There is no draft: nothing of it can be expressed here, or it must not be."""
        return not self.text


def drafted(description: str, means: Means, *, name: str = "") -> Drafted:
    """Without a model. `name`: the id, if somebody chose one. Raises `BadInput` where there are no words, or too many."""
    if len(description) > LONGEST:
        raise BadInput(f"a description has at most {LONGEST:,} characters")
    sentences = sentences_of(description)
    if not sentences:
        raise BadInput(
            "there are no words to draft from",
            mend="describe when it begins, what is done, and how one sees that it worked",
        )
    refused = refusals(plain(description))
    if refused:
        return Drafted("", None, tuple(Became(one.written, ()) for one in sentences), (), refused)
    sketch = draw(sentences, means)
    became, gaps = tuple(sketch.told), tuple(sketch.gaps)
    if not sketch.done and not any("manual" in one for one in sketch.steps) and (gaps or not sketch.steps):
        return Drafted(
            "",
            None,
            became,
            gaps or (Gap(description[:300], "nothing here can do any of it", means.nearest(description)),),
        )
    gaps = (*gaps, *_unproved(sketch.verify, sketch.steps))
    text = text_of(whole_of(sketch, description, taken=frozenset(means.runbooks), name=name))
    made = compiled(Drafted(text, None, became, gaps), means)
    uses = operations_used(made.runbook) if made.runbook is not None else frozenset()
    return replace(made, nearest=means.nearest_runbook(description, uses))


def compiled(draft: Drafted, means: Means) -> Drafted:
    """The draft as the compiler sees it, with all of its problems at once."""
    try:
        runbook = compile_runbook(draft.text, path=PATH, catalogue=means.catalogue)
    except RunbookInvalid as error:
        return replace(draft, runbook=None, problems=error.problems)
    return replace(draft, runbook=runbook, problems=())


def _unproved(verify: list[dict[str, object]], steps: list[dict[str, object]]) -> tuple[Gap, ...]:
    if verify or not steps:
        return ()
    return (
        Gap("how one sees that it worked", "no probe was named that reads it back; say what must be so afterwards"),
    )
