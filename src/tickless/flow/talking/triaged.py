"""What was asked and answered on the phone, kept with the case that begins."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.finding import Evidence
from tickless.domain.signal import Signal
from tickless.stages.understand.triage import PROMPTS, kept_answers

LABEL = "triage."
"""Before the topic in a signal's labels; in a case's inputs it is `triage_`."""


def triaged(case: Case, signal: Signal) -> Case:
    """The case with what was asked and answered on the phone: as inputs for whoever decides, as evidence for whoever reads."""
    answers = kept_answers({name.removeprefix(LABEL): text.tame(300) for name, text in signal.labels.items()
                            if name.startswith(LABEL)})  # fmt: skip
    if not answers:
        return case
    asked = {prompt.topic: prompt.question for prompt in PROMPTS}
    told = tuple(
        Evidence(text=f"{asked[topic]} {text}", source="triage on the phone", ref=signal.id)
        for topic, text in answers.items()
    )
    inputs = {**case.inputs, **{f"triage_{topic}": text for topic, text in answers.items()}}
    return case.model_copy(update={"inputs": inputs, "evidence": (*case.evidence, *told)})
