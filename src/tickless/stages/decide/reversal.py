"""What policy has to know of taking a finished request back: whether it gives rights, and whose yes the request took."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.plan import Run
from tickless.domain.receipt import UndoStep
from tickless.journal import Tx
from tickless.journal.changes import Change, changes_of

TAKE_BACK = "requests.take-back"
"""Need, and runbook, of the case that takes another one back."""
REQUEST = "request"
"""Case input: the case that is taken back."""
TAKES_AWAY = frozenset(
    {
        "remove_from_group",
        "delete_account",
        "delete",
        "mailbox_delete",
        "retire_person",
        "uninstall",
        "set_quota",
        "stop",
    }
)
"""Undo operations, by their short name, that give nobody anything. What is not named here is taken to give."""


def gives(undo: UndoStep) -> bool:
    """Whether this way back gives somebody rights."""
    short = undo.uses.rpartition(".")[2]
    if short == "set_enabled":
        return bool(undo.with_.get("enabled", True))
    return short not in TAKES_AWAY


def runs_to_undo(tx: Tx, case: Case) -> list[Run]:
    """The runs whose effects a case of taking back would undo, the latest first."""
    return list({one.run.id: one.run for one in _open(tx, case)}.values())


def first_run(tx: Tx, case: Case) -> Run | None:
    """The run that did the whole of the request: what it was allowed as, its way back is, too."""
    request = tx.cases.get(case.inputs.get(REQUEST, ""))
    own = tx.runs.by(case=request.id, state="done") if request is not None else []
    return own[-1] if own else next(iter(runs_to_undo(tx, case)), None)


def gives_back(tx: Tx, case: Case) -> bool:
    """Whether taking this request back gives rights to anybody."""
    return any(gives(one.receipt.undo) for one in _open(tx, case) if one.receipt.undo is not None)


def _open(tx: Tx, case: Case) -> list[Change]:
    request = tx.cases.get(case.inputs.get(REQUEST, ""))
    return [one for one in changes_of(tx, request) if one.receipt.state == "done"] if request is not None else []
