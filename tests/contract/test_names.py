"""What pending runs of an older release are found by never changes: names, ids, the application's version."""

from __future__ import annotations

from tickless.flow import dbos_engine, names


def test_stored_names_are_frozen() -> None:
    """Add to these lists; a name that was released stays. A changed one orphans runs that wait for days."""
    assert names.WORKFLOWS == ("case.resolve", "run.interpret", "message.understand", "case.summarise")
    assert names.STEPS == (
        "case.decide", "case.ask_approval", "case.close_approval", "case.ask_person", "case.take_answer",
        "case.start_run", "case.end_run", "case.resolved", "case.hand_off", "case.close", "case.state",
        "run.precheck", "run.step", "run.undo", "verify.read", "verify.verdict", "case.give_answer", "case.take_feedback",
        "run.open_tasks", "run.look_at_tasks", "run.stop_tasks",
        "message.ask_model", "message.hear", "message.put_aside", "case.put_in_short",
    )  # fmt: skip
    assert (names.QUEUE, names.INBOX) == ("tickless", "inbox")
    assert len({*names.WORKFLOWS, *names.STEPS}) == len(names.WORKFLOWS) + len(names.STEPS)


def test_stored_ids_are_frozen() -> None:
    assert names.case_workflow("case_01", 2) == "case:case_01:2"
    assert names.run_workflow("run_01_0_1") == "run:run_01_0_1"
    assert names.message_workflow("sig_01") == "message:sig_01"
    assert names.summary_workflow("sum_01_0") == "summary:sum_01_0"


def test_the_version_of_the_application_is_pinned() -> None:
    """By default the engine hashes the sources: a changed comment would orphan every pending run."""
    assert (dbos_engine.APPLICATION, dbos_engine.APPLICATION_VERSION) == ("tickless", "1")
