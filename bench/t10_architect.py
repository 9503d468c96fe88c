"""T10: procedures described in plain words → drafts that compile, end as they have to, and say what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.architect_estate import Elsewhere, play_there
from bench.architect_form import ARCHITECT, Procedure, read_procedures
from bench.architect_models import Mind, minds_for
from bench.architect_musts import met
from bench.architect_world import ended, prepare
from bench.report import Bench, CannotRun, Outcome, Task
from bench.suite_house import SuiteHouse, suite_house
from tickless.app.shipped import shipped
from tickless.domain.errors import TicklessError
from tickless.domain.runbook import Runbook
from tickless.sdk.registry import connector_folders, load_connector
from tickless.stages.act.architect.describing import Drafted, drafted
from tickless.stages.act.architect.means import Means
from tickless.stages.act.architect.modelled import drafted_by
from tickless.stages.act.architect.playing import play
from tickless.stages.act.architect.tabletop import Tabletop
from tickless.stages.act.catalogue import OperationType, shipped_catalogue
from tickless.stages.act.compiler import compile_folder

EXPOSURE = (
    "Written for this bench by the hand that wrote the architect, before it. The files "
    "called dev-* were read while it was being "
    "made; those called check-* were not looked at after the first line of it was written. The lexicon ships with the product."
)
FOREIGN = "The entries come from elsewhere; neither the lexicon nor the table top was made with them."


@dataclass
class Judged:
    """One procedure, and everything that was wrong with what became of it."""

    id: str
    file: str
    impossible: bool
    drafted: bool = False
    compiles: bool = False
    right_end: bool = False
    where: str = "table top"
    """Where it was played: `sample company`, or `table top` with why not there."""
    table_top_end: bool = False
    rounds: int = 0
    """How often a model was asked."""
    by_model: bool = False
    """Whether the model's draft was taken."""
    model_said: str = ""
    musts: int = 0
    musts_met: int = 0
    musts_about: int = 0
    overclaimed: int = 0
    gaps: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """As a person would want it: refused where it must be, else compiled, with the right end and nothing missing."""
        return (
            not self.drafted if self.impossible else self.compiles and self.right_end and self.musts == self.musts_met
        )


def run(task: Task) -> Outcome:
    """Draft each procedure with every connector that ships connected, and play it on the table top."""
    procedures = read_procedures(task.data or ARCHITECT)
    if task.only:
        procedures = [one for one in procedures if one.id.startswith(task.only) or one.file.startswith(task.only)]
    if not procedures:
        raise CannotRun("no procedure is called so")
    means, minds = everything(), minds_for(task.models)
    with suite_house() as house:
        judged = [_judge(one, means, task, house, None) for one in procedures]
        figures = _figures(judged)
        for mind in minds:
            again = [_judge(one, means, task, house, mind) for one in procedures]
            figures |= {f"{mind.name}_{name}": value for name, value in _of_model(again).items()}
            judged += again
    return Outcome(
        figures,
        exposure=EXPOSURE if task.data is None else FOREIGN,
        data={"folder": "bench/suites/architect" if task.data is None else str(task.data), "procedures": len(procedures),
              "files": len({one.file for one in procedures}),
              "method": "; ".join(["without a model", *(f"{one.name}: {one.about}" for one in minds)])},
        details={"played": {one.id: one.where for one in judged},
                 "failures": [vars(one) for one in judged if not one.right or one.problems]},
    )  # fmt: skip


def everything() -> Means:
    """Every connector that ships, each under its own id, and the runbooks that ship."""
    catalogue, said = dict(shipped_catalogue()), {}
    for folder in connector_folders():
        connector = load_connector(folder)
        for name, operation in connector.operations.items():
            promise = connector.manifest.actions.get(name) or connector.manifest.probes[name]
            full = f"{connector.manifest.id}.{name}"
            kind: Literal["action", "probe"] = "probe" if operation.kind == "probe" else "action"
            catalogue[full] = OperationType(full, kind, "read" if kind == "probe" else promise.effect, operation.params,
                                            operation.output, promise.undo, promise.idempotent)  # fmt: skip
            said[full] = promise.summary
    runbooks = {one.runbook: one for one in compile_folder(shipped("runbooks"), catalogue=catalogue)}
    return Means(catalogue, {}, said, {}, frozenset(), runbooks)


def _judge(one: Procedure, means: Means, task: Task, house: SuiteHouse, mind: Mind | None) -> Judged:
    found = drafted(one.describes, means)
    judged = Judged(one.id, one.file, one.impossible)
    if mind is not None and not found.refused:
        mind.begin(found)
        asked = len(mind.purse.calls)
        found = drafted_by(mind.models, one.describes, means, found)
        judged.rounds, judged.model_said = len(mind.purse.calls) - asked, found.model_said
        judged.by_model = found.runbook is not None and not found.model_said
    judged.drafted, judged.gaps = not found.impossible, len(found.gaps)
    if one.impossible:
        if judged.drafted:
            judged.problems.append("it was drafted, and it cannot or must not be")
    elif found.runbook is None:
        judged.musts = len(one.must)
        judged.problems += [f"not expressed: {gap.words}: {gap.why}" for gap in found.gaps]
        judged.problems += [str(problem) for problem in found.problems]
        judged.problems += [f"refused: {refusal.words}" for refusal in found.refused]
    else:
        judged.compiles = True
        _end(one, found, means, judged, house)
        _missing(one, found.runbook, judged, gaps=len(found.gaps))
    _say(judged, found, task)
    return judged


def _end(one: Procedure, found: Drafted, means: Means, judged: Judged, house: SuiteHouse) -> None:
    """Play it on the table top, and where what it is about is there, in the sample company; that counts then."""
    assert found.runbook is not None
    scene = prepare(Tabletop(means.catalogue), one.given)
    before = {(probe, name): value for probe in means.catalogue for name, value in scene.table.state(probe)[-1].items()
              if means.catalogue[probe].kind == "probe"}  # fmt: skip
    played = play(found.runbook, scene.table, scene.answers)
    wrong = ended(scene, before, played, one.ends, one.given)
    judged.table_top_end = judged.right_end = not wrong and played.end != "stuck"
    try:
        played, wrong = play_there(house, one, found.runbook, found.text)
        judged.where, judged.right_end = "sample company", not wrong and played.end != "stuck"
    except Elsewhere as why:
        judged.where = f"table top: {why}"
    except (TicklessError, KeyError, ValueError) as error:
        judged.where, judged.right_end = "sample company", False
        wrong = [f"it broke there: {type(error).__name__}: {error}"]
    judged.problems += [*wrong, *([played.lines[-1]] if played.end in {"stuck", "undone"} else [])]


def _missing(one: Procedure, runbook: Runbook, judged: Judged, *, gaps: int) -> None:
    judged.musts = len(one.must)
    for must in one.must:
        there, about = met(runbook, must)
        judged.musts_met += there
        judged.musts_about += about
        if not there:
            judged.overclaimed += not gaps
            judged.problems.append(f"missing: {must}")


def _say(judged: Judged, found: Drafted, task: Task) -> None:
    if not task.verbose and not judged.problems:
        return
    task.say(f"  {'ok  ' if judged.right else 'FAIL'} {judged.file} {judged.id} ({judged.where})")
    for problem in judged.problems:
        task.say(f"       {problem}")
    if task.verbose:
        task.say(found.text)


def _of_model(judged: Sequence[Judged]) -> dict[str, float]:
    """What a model made of it: taken or not, in how many rounds, and how well all of it does then."""
    asked = [one for one in judged if one.rounds]
    taken = [one for one in asked if one.by_model]
    known = _of(judged)
    return {
        "taken_share": _share(len(taken), len(asked)),
        "rounds_mean": _share(sum(one.rounds for one in asked), len(asked)),
        **{
            name: known[name]
            for name in ("compile_share", "right_end_share", "musts_met_share", "overclaimed", "right_share")
        },
    }


def _figures(judged: Sequence[Judged]) -> dict[str, float]:
    figures = _of(judged)
    for part in ("dev", "check"):
        some = [one for one in judged if one.file.startswith(f"{part}-")]
        if some and len(some) < len(judged):
            figures |= {
                f"{part}_{name}": value for name, value in _of(some).items() if not name.startswith("procedures")
            }
    return figures


def _of(judged: Sequence[Judged]) -> dict[str, float]:
    possible = [one for one in judged if not one.impossible]
    musts = sum(one.musts for one in possible)
    return {
        "procedures": float(len(judged)),
        "compile_share": _share(sum(one.compiles for one in possible), len(possible)),
        "right_end_share": _share(sum(one.right_end for one in possible), len(possible)),
        "musts_met_share": _share(sum(one.musts_met for one in possible), musts),
        "musts_about_share": _share(sum(one.musts_about for one in possible), musts),
        "impossible_said_share": _share(
            sum(not one.drafted for one in judged if one.impossible), len(judged) - len(possible)
        ),
        "played_in_company": float(sum(one.where == "sample company" for one in possible)),
        "company_right_end_share": _share(
            sum(one.right_end for one in possible if one.where == "sample company"),
            sum(one.where == "sample company" for one in possible),
        ),
        "table_top_right_end_share": _share(sum(one.table_top_end for one in possible), len(possible)),
        "overclaimed": float(sum(one.overclaimed for one in possible)),
        "right_share": _share(sum(one.right for one in judged), len(judged)),
    }


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 1.0


BENCH: Any = Bench(
    id="T10",
    title="architect: described procedures that compile, end right, and miss nothing",
    bar={"compile_share_min": 0.80, "right_end_share_min": 0.70, "impossible_said_share_min": 1.0},
    run=run,
    takes_data=True,
    about=(
        "Without a model, unless `--model` names one beside it. `compile_share` and `right_end_share`: of the procedures that "
        "can be expressed, those whose draft compiles, and those whose draft ends as it has to. Where what a procedure is "
        "about is there, its draft is proposed, signed and run in the sample company against what is really broken there "
        "(`played_in_company`), with waits of a second; the others, and all of them once more (`table_top_right_end_share`), "
        "are played on a table top with what is given (what a probe would answer, not a system). `musts_met_share`: parts of "
        "the kind that may not be missing; `musts_about_share`: and the part speaks of it. `overclaimed`: parts that are "
        "missing from drafts that say of nothing that it could not be expressed."
    ),
)
