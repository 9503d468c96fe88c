"""The rules of the runbook as a whole: what leads here, what it is about, and what must not be missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tickless.domain.runbook import Irreversible, Runbook, RunbookInput, RunbookTest
from tickless.kit.expressions import ExpressionError, compile_expression, expressions_in
from tickless.kit.redaction import redact_secrets
from tickless.stages.act.catalogue import RANK
from tickless.stages.act.compiler_expressions import (
    UNKNOWN,
    Scope,
    check_condition,
    check_template,
    reads,
    whole_expression,
)
from tickless.stages.act.compiler_samples import Open, sample_case, sample_input, sample_signal
from tickless.stages.act.compiler_source import Report, Where
from tickless.stages.act.compiler_steps import Walk

_TEMPLATE = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_ABOUT = ("person", "device", "app", "service", "ci")


def check_whole(walk: Walk) -> None:
    """Everything that is not inside one step. Call it after the steps were gone through."""
    runbook, report = walk.runbook, walk.report
    _check_serves(runbook, report)
    _check_inputs(runbook, report)
    _check_subject(runbook, walk.base, report)
    _check_undo(walk)
    _check_effect(walk)
    _check_needs(runbook, report)
    _check_texts(walk)
    _check_tests(runbook, report)
    check_template(dict(runbook.outputs), ("outputs",), scope=walk.scope(), report=report)
    if not runbook.verify:
        mend = "add a probe with an `expect` that shows that it worked"
        report("missing_verify", ("verify",), "nothing proves that it worked", mend)


def _check_serves(runbook: Runbook, report: Report) -> None:
    serves = runbook.serves
    if serves.follows is not None:
        for name in serves.given:
            if name not in runbook.inputs:
                report("input_from_nowhere", ("serves", "given"), f"there is no input {name!r}", "name an input")
        if not serves.given:
            report("serves_nothing", ("serves", "given"), "it would go before what it follows", "name an input")
    if not serves.intents and serves.alerts is None and serves.follows is None:
        mend = "name an intent with examples under `says`, or a condition under `alerts`"
        report("serves_nothing", ("serves",), "nothing leads to this runbook", mend)
    if serves.intents and not serves.says:
        report("missing_examples", ("serves",), "an intent without examples is not recognised", "add some `says`")
    if serves.alerts is not None:
        scope = Scope(variables={"signal": sample_signal()})
        check_condition(serves.alerts, ("serves", "alerts"), scope=scope, report=report)


def _check_inputs(runbook: Runbook, report: Report) -> None:
    for name, described in runbook.inputs.items():
        where: Where = ("inputs", name)
        if described.type == "apps":
            _check_apps(runbook, name, described, report)
            continue
        if described.source is None and not (
            described.label or described.ask or described.optional or _defaulted(described)
        ):
            mend = "write `from:`, or an `ask:`, or a `default:`"
            report("input_from_nowhere", where, f"nothing fills the input {name!r}", mend)
        if described.source == "signal" and not (described.label or described.kind):
            report("input_from_nowhere", where, "which label of the signal is it?", "write `label:` with its name")
        if described.kind is not None and described.type != "ci":
            report("unknown_field", (*where, "kind"), "`kind` goes with `type: ci`", "remove it")
        if _defaulted(described) and not _fits(described):
            report(
                "wrong_type", (*where, "default"), f"the default is no {described.type}", "give it a value of that type"
            )


def _check_apps(runbook: Runbook, name: str, described: RunbookInput, report: Report) -> None:
    """Apps are read off the person among the inputs."""
    where: Where = ("inputs", name)
    if not any(one.type == "person" for one in runbook.inputs.values()):
        report("input_from_nowhere", where, "whose apps?", "add an input of type person")
    if described.kind not in {None, "held", "usual", "beyond", "usual_there"}:
        mend = "write held, usual, beyond or usual_there"
        report("unknown_field", (*where, "kind"), "there is no such choice of apps", mend)


def _defaulted(described: RunbookInput) -> bool:
    return described.default is not None


def _fits(described: RunbookInput) -> bool:
    expected: Any = float if described.type in ("number", "duration") else str
    try:
        TypeAdapter(expected).validate_python(described.default, strict=expected is str)
    except ValidationError:
        return False
    return True


def _check_subject(runbook: Runbook, base: Any, report: Report) -> None:
    where: Where = ("subject",)
    sources = expressions_in(runbook.subject)
    scope = Scope(variables={"inputs": base["inputs"]})
    result = check_template(runbook.subject, where, scope=scope, report=report)
    about = runbook.subject.partition(":")[0]
    mend = "write what it is about and which, such as `person:${{ inputs.person.id }}`"
    if about not in _ABOUT or not any(reads(source, "inputs") for source in sources):
        report("blast_radius_unknown", where, "nobody can say from this what will be touched", mend)
        return
    optional = [
        name for name, described in runbook.inputs.items() if described.optional and f"inputs.{name}" in runbook.subject
    ]
    if optional:
        report("blast_radius_unknown", where, f"the input {optional[0]!r} may be missing", "make it required")
    if result is not UNKNOWN and any(isinstance(_value(source, base), (dict, list)) for source in sources):
        report("blast_radius_unknown", where, "this gives a whole record, not its id", "write its `.id`")


def _value(source: str, base: Any) -> Any:
    try:
        return compile_expression(source).evaluate({"inputs": base["inputs"]})
    except ExpressionError:
        return None


def _check_undo(walk: Walk) -> None:
    if walk.runbook.undo == "steps" and walk.irreversible:
        reason = f"not every step can be taken back: {', '.join(walk.irreversible)}"
        walk.report("undo_overstated", ("undo",), reason, "write `undo: {irreversible: why}`")
    if isinstance(walk.runbook.undo, Irreversible) and not walk.runbook.undo.irreversible.strip():
        walk.report("missing_undo", ("undo",), "irreversible, but why?", "say why that is acceptable")


def _check_effect(walk: Walk) -> None:
    worst = max(walk.effects, key=lambda operation: RANK[operation.effect], default=None)
    if worst is not None and RANK[worst.effect] > RANK[walk.runbook.effect]:
        reason = f"{worst.name} is of effect {worst.effect}, and the runbook says {walk.runbook.effect}"
        walk.report("effect_understated", ("effect",), reason, f"write `effect: {worst.effect}`")


def _check_needs(runbook: Runbook, report: Report) -> None:
    types = {described.type for described in runbook.inputs.values()}
    if {"as_app_says", "app_owner"} & set(runbook.approval.roles) and "app" not in types:
        report("unbound_input", ("approval", "by"), "there is no app among the inputs", "add an input of type app")
    if "service_owner" in runbook.approval.roles and not types & {"service", "ci"}:
        report(
            "unbound_input", ("approval", "by"), "there is no service among the inputs", "add an input of type service"
        )
    only_alerts = runbook.serves.alerts is not None and not runbook.serves.intents
    if "manager" in runbook.approval.roles and only_alerts and "person" not in types:
        reason = "only alerts reach it, so there is nobody whose manager could be asked"
        report("unbound_input", ("approval", "by"), reason, "ask service_owner, or so many of a group or role")


def _check_texts(walk: Walk) -> None:
    runbook, report = walk.runbook, walk.report
    # `done` and `failed` may read what the steps found; the rest is said when no step may have run yet.
    for moment, text in runbook.say.items():
        scope = walk.scope() if moment in ("done", "failed", "undone") else Scope(variables=walk.base)
        check_template(text, ("say", moment), scope=scope, report=report)
    missing = [moment for moment in ("done", "failed") if not runbook.say.get(moment)]
    if missing:
        mend = "tell people in plain words what happened and what comes next"
        report("missing_text", ("say",), f"there is nothing to say when it is {' or '.join(missing)}", mend)
    written = runbook.model_dump(mode="json", by_alias=True, include={"steps", "precheck", "verify", "say", "outputs"})
    for where, value in _strings(written, ()):
        bare = _TEMPLATE.sub("", value)
        if redact_secrets(bare) != bare:
            report(
                "plain_secret",
                where,
                "this looks like a secret in plain text",
                "write a reference: env:NAME or file:/path",
            )


def _strings(value: Any, where: Where) -> list[tuple[Where, str]]:
    if isinstance(value, str):
        return [(where, value)]
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in _strings(part, (*where, str(key)))]
    if isinstance(value, list):
        return [found for index, part in enumerate(value) for found in _strings(part, (*where, index))]
    return []


def _check_tests(runbook: Runbook, report: Report) -> None:
    if not runbook.tests:
        report(
            "missing_tests", ("tests",), "there are no tests", "add at least one, with `says` or `signal` and `expect`"
        )
    source = whole_expression(runbook.serves.alerts) if runbook.serves.alerts else None
    for index, test in enumerate(runbook.tests):
        where: Where = ("tests", index)
        if (test.says is None) == (test.signal is None):
            report(
                "test_incomplete", where, "a test gives either a message or a signal", "write one of `says`, `signal`"
            )
        if not test.expect:
            report("test_incomplete", (*where, "expect"), "this expects nothing", "write what must come out")
        if test.signal is not None:
            _check_served(source, test, where, report=report)


def _check_served(source: str | None, test: RunbookTest, where: Where, *, report: Report) -> None:
    """A signal's test runs right here: does the condition under `serves.alerts` say what the test expects?"""
    expected = test.expect.get("serves", True)
    served: Any = False
    if source is not None:
        blank = {**dict.fromkeys(sample_signal(), ""), "state": "firing", "labels": {}}
        try:
            served = compile_expression(source).evaluate({"signal": {**blank, **(test.signal or {})}})
        except ExpressionError:
            served = None
    if served is not expected:
        reason = f"`serves.alerts` {'takes' if served else 'does not take'} this signal, and the test expects otherwise"
        report("test_fails", where, reason, "mend the condition, or the test")


def base_variables(runbook: Runbook, *, trusts: Callable[[Where], bool]) -> dict[str, Any]:
    """What every expression of the procedure may read. Of an input whose type was not understood, anything."""
    return {
        "inputs": {
            name: sample_input(described) if trusts(("inputs", name, "type")) else Open()
            for name, described in runbook.inputs.items()
        },
        "case": sample_case(),
        "attachments": dict.fromkeys(runbook.attachments, "text"),
    }
