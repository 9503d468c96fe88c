"""The compiler: text → a checked runbook, or every problem at once with line, reason and mend."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tickless.domain.errors import Problem, RunbookInvalid
from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Runbook
from tickless.stages.act.catalogue import OperationCatalogue
from tickless.stages.act.compiler_shape import Shape, check_shape
from tickless.stages.act.compiler_source import Document, Place, Where, read_source
from tickless.stages.act.compiler_steps import Walk, check_checks, check_steps
from tickless.stages.act.compiler_tasks import wrong_tasks
from tickless.stages.act.compiler_whole import base_variables, check_whole
from tickless.stages.act.linking import Fault, attach, link
from tickless.stages.act.places import all_steps, checks_of

__all__ = ["Problem", "compile_folder", "compile_runbook", "operations_used"]

_AT_THE_KEY = frozenset({"unknown_field", "unknown_param", "duplicate_id"})


def compile_runbook(text: str, *, path: str, catalogue: OperationCatalogue) -> Runbook:
    """Check a runbook's text against the operations there are. `path` is only named in the problems.

    Raises `RunbookInvalid` with `problems`, in the order of the text; nothing else, whatever the text is.
    """
    found = _Findings(path)
    document = read_source(text, found.at_place)
    if document.value is None:
        raise found.as_error()
    found.document = document
    shape = check_shape(document.value, found.at)
    if shape.runbook is not None:
        found.shape = shape
        _check_meaning(shape, shape.runbook, catalogue, found)
    if found.problems or shape.runbook is None:
        raise found.as_error()
    return shape.runbook


def compile_folder(folder: Path, *, catalogue: OperationCatalogue) -> tuple[Runbook, ...]:
    """Compile every `*.yaml` below the folder, in order of path. Raises `RunbookInvalid` with the problems of all files."""
    runbooks: dict[str, Runbook] = {}
    problems: list[Problem] = []
    files: dict[str, str] = {}
    for file in sorted(folder.rglob("*.yaml")):
        path = str(file.relative_to(folder))
        try:
            runbook = compile_runbook(file.read_text(encoding="utf-8"), path=path, catalogue=catalogue)
        except RunbookInvalid as error:
            problems.extend(error.problems)
        except (OSError, UnicodeDecodeError):
            problems.append(
                Problem(path, 1, 1, "not_readable", "", "the file cannot be read as text", "save it as UTF-8")
            )
        else:
            runbook, faults = attach(runbook, file.parent)
            problems += [_placed(path, file, fault) for fault in faults]
            if runbook.runbook in runbooks:
                reason = f"the id {runbook.runbook!r} is taken by another file"
                problems.append(Problem(path, 1, 1, "duplicate_id", "runbook", reason, "give it an id of its own"))
            runbooks[runbook.runbook] = runbook
            files[runbook.runbook] = path
    problems += [
        Problem(files[name], 1, 1, "task_leads_nowhere", where, reason, "name a runbook of this folder, and its inputs")
        for name, where, reason in wrong_tasks(runbooks)
    ]
    linked, faults = link(runbooks)
    problems += [_placed(files[fault.runbook], folder / files[fault.runbook], fault) for fault in faults]
    if problems:
        raise _invalid(tuple(sorted(problems)))
    return tuple(linked.values())


def _placed(path: str, file: Path, fault: Fault) -> Problem:
    """At the line where the step or attachment that it speaks of is named."""
    name = re.escape(fault.where.split(".")[1])
    lines = file.read_text(encoding="utf-8").splitlines()
    found = next((n for n, line in enumerate(lines, 1) if re.search(rf"(?:\bid:\s*{name}\b|^\s*{name}:)", line)), 1)
    return Problem(path, found, 1, fault.code, fault.where, fault.reason, fault.mend)


def operations_used(runbook: Runbook) -> frozenset[str]:
    """Every operation that a run of this may call, including those of its undo steps."""
    steps = tuple(all_steps(runbook.steps))
    uses = {step.uses for step in steps if step.uses}
    undos = {step.undo.uses for step in steps if isinstance(step.undo, UndoStep)}
    checks = [*runbook.precheck, *runbook.verify, *(check for step in steps for check in checks_of(step))]
    return frozenset(uses | undos | {check.uses for check in checks})


def _check_meaning(shape: Shape, runbook: Runbook, catalogue: OperationCatalogue, found: _Findings) -> None:
    base = base_variables(runbook, trusts=shape.trusts)
    walk = Walk(runbook=runbook, catalogue=catalogue, base=base, report=found.at)
    check_checks(walk, runbook.precheck, ("precheck",))
    check_steps(walk)
    check_checks(walk, runbook.verify, ("verify",))
    check_whole(walk)


@dataclass
class _Findings:
    """Collects problems; leaves out what follows only from something that was stood in for."""

    path: str
    document: Document = field(default_factory=Document)
    shape: Shape | None = None
    problems: set[Problem] = field(default_factory=set)

    def at(self, code: str, where: Where, reason: str, mend: str) -> None:
        if self.shape is not None and not self.shape.trusts(where):
            return
        place = self.document.place(where, key=code in _AT_THE_KEY)
        self._add(code, place, _dotted(where), reason=reason, mend=mend)

    def at_place(self, code: str, place: Place, reason: str, mend: str) -> None:
        self._add(code, place, "", reason=reason, mend=mend)

    def _add(self, code: str, place: Place, where: str, *, reason: str, mend: str) -> None:
        self.problems.add(Problem(self.path, place.line, place.column, code, where, reason, mend))

    def as_error(self) -> RunbookInvalid:
        return _invalid(tuple(sorted(self.problems)))


def _invalid(problems: tuple[Problem, ...]) -> RunbookInvalid:
    files = len({problem.path for problem in problems})
    public = f"{len(problems)} problem{'s' * (len(problems) != 1)} in {files} runbook{'s' * (files != 1)}"
    return RunbookInvalid(
        public, problems=problems, detail="\n".join(map(str, problems)), mend="mend them and try again"
    )


def _dotted(where: Where) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return text.removeprefix(".")
