"""Every workflow and step name, frozen: pending runs of an older release are found by them (see the snapshot test)."""

from __future__ import annotations

from tickless.domain.case import Case

RESOLVE_CASE = "case.resolve"
INTERPRET_RUN = "run.interpret"
UNDERSTAND_MESSAGE = "message.understand"
SUMMARISE_CASE = "case.summarise"

DECIDE = "case.decide"
ASK_APPROVAL = "case.ask_approval"
CLOSE_APPROVAL = "case.close_approval"
ASK_PERSON = "case.ask_person"
TAKE_ANSWER = "case.take_answer"
START_RUN = "case.start_run"
END_RUN = "case.end_run"
RESOLVED = "case.resolved"
HAND_OFF = "case.hand_off"
CLOSE = "case.close"
STATE = "case.state"

OPEN_TASKS = "run.open_tasks"
LOOK_AT_TASKS = "run.look_at_tasks"
STOP_TASKS = "run.stop_tasks"

GIVE_ANSWER = "case.give_answer"
TAKE_FEEDBACK = "case.take_feedback"

ASK_MODEL = "message.ask_model"
HEAR = "message.hear"
PUT_ASIDE = "message.put_aside"
SUMMARISE = "case.put_in_short"

PRECHECK = "run.precheck"
STEP = "run.step"
UNDO = "run.undo"
READ = "verify.read"
VERDICT = "verify.verdict"

QUEUE = "tickless"
"""The one queue of durable work."""
INBOX = "inbox"
"""The one topic on which a waiting workflow hears from the world."""

WORKFLOWS = (RESOLVE_CASE, INTERPRET_RUN, UNDERSTAND_MESSAGE, SUMMARISE_CASE)
STEPS = (
    DECIDE, ASK_APPROVAL, CLOSE_APPROVAL, ASK_PERSON, TAKE_ANSWER, START_RUN, END_RUN, RESOLVED, HAND_OFF, CLOSE, STATE,
    PRECHECK, STEP, UNDO, READ, VERDICT, GIVE_ANSWER, TAKE_FEEDBACK,
    OPEN_TASKS, LOOK_AT_TASKS, STOP_TASKS,
    ASK_MODEL, HEAR, PUT_ASIDE, SUMMARISE,
)  # fmt: skip


def case_workflow(case: str, generation: int) -> str:
    """Id of the durable run of a case; each reopening has its own."""
    return f"case:{case}:{generation}"


def belongs(identity: str, case: Case) -> bool:
    """Whether a run (`run_<case>_<generation>_<turn>`), decision or question is of the case as it is now: live, and not
    reopened since."""
    return case.live and identity.split("_")[-2:-1] == [str(case.generation)]


def message_workflow(signal: str) -> str:
    """Id of the durable reading of a message by a model."""
    return f"message:{signal}"


def summary_workflow(summary: str) -> str:
    """Id of the durable summing up of a case that was handed off."""
    return f"summary:{summary}"


def run_workflow(run: str) -> str:
    """Id of the durable execution of a run."""
    return f"run:{run}"
