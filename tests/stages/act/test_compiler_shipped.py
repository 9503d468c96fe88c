"""The runbooks that ship: they compile, they cover what they promise, and they use only vendor-neutral operations."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tickless.domain.errors import RunbookInvalid
from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Runbook
from tickless.kit.expressions import compile_expression, expressions_in
from tickless.stages.act.catalogue import shipped_catalogue
from tickless.stages.act.compiler import compile_folder, compile_runbook, operations_used

FOLDER = Path(__file__).parents[3] / "runbooks"
RUNBOOKS = {runbook.runbook: runbook for runbook in compile_folder(FOLDER, catalogue=shipped_catalogue())}
INTENTS = {
    "password_reset": "directory.reset-password",
    "account_unlock": "directory.unlock-account",
    "access_request": "access.grant-app",
    "access_removal": "access.remove-app",
    "vpn_trouble": "vpn.restore-access",
    "software_install": "software.install",
    "mailbox_quota": "mailbox.raise-quota",
    "account_disable": "directory.disable-account",
}
ALERTS = {
    "service_down": "service.restart",
    "disk_filling": "disk.clean-up",
    "certificate_expiring": "certificate.renew",
    "mailbox_over_quota": "mailbox.raise-quota",
    "pool_exhausted": "pool.recycle",
    "account_lockout": "directory.unlock-account",
}


def serving(signal: dict[str, Any]) -> list[str]:
    sources = [(name, expressions_in(runbook.serves.alerts or "")) for name, runbook in RUNBOOKS.items()]
    return [
        name
        for name, found in sources
        if any(compile_expression(source).evaluate({"signal": signal}) is True for source in found)
    ]


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_runbook_stands_where_its_name_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    runbook = compile_runbook(text, path=path.name, catalogue=shipped_catalogue())
    assert path.relative_to(FOLDER).with_suffix("").as_posix() == runbook.runbook.replace(".", "/", 1)


@pytest.mark.parametrize(("intent", "name"), INTENTS.items())
def test_each_need_of_people_has_one_runbook(intent: str, name: str) -> None:
    assert [found for found, runbook in RUNBOOKS.items() if intent in runbook.serves.intents] == [name]


@pytest.mark.parametrize(("alert", "name"), ALERTS.items())
def test_each_alert_class_has_one_runbook_and_its_resolve_has_none(alert: str, name: str) -> None:
    signal = {"class": alert, "service": "shop-web", "severity": "critical", "state": "firing", "labels": {}}
    assert serving(signal) == [name]
    assert serving({**signal, "state": "resolved"}) == []


def test_an_unknown_alert_starts_nothing() -> None:
    assert serving({"class": "moon_phase", "service": "", "severity": "", "state": "firing", "labels": {}}) == []


def test_people_are_understood_by_many_and_different_examples() -> None:
    said = Counter(line.lower() for runbook in RUNBOOKS.values() for line in runbook.serves.says)
    assert not [line for line, times in said.items() if times > 1]
    for name, runbook in RUNBOOKS.items():
        if runbook.serves.intents:
            assert 15 <= len(runbook.serves.says) <= 25, name


def test_every_operation_is_vendor_neutral() -> None:
    used = set().union(*map(operations_used, RUNBOOKS.values()))
    assert used <= set(shipped_catalogue())


def test_every_construct_is_used_by_a_runbook_that_ships() -> None:
    steps = [step for runbook in RUNBOOKS.values() for step in runbook.steps]
    checks = [check for runbook in RUNBOOKS.values() for check in runbook.verify]
    assert any(step.condition for step in steps)
    assert any("retry" in step.model_fields_set for step in steps)
    assert any("timeout" in step.model_fields_set for step in steps)
    assert any(step.wait for step in steps)
    assert any(step.ask for step in steps)
    assert any(step.approve for step in steps)
    assert any(step.hand_off for step in steps)
    assert any(task.each for step in steps if step.tasks for task in step.tasks.open)
    assert any(task.manual for step in steps if step.tasks for task in step.tasks.open)
    assert any(isinstance(step.undo, UndoStep) for step in steps)
    assert any(check.steady for check in checks)
    assert all(check.hold >= 86_400 for check in checks)


def test_nothing_that_destroys_comes_without_an_approval_of_its_own() -> None:
    destroying = [runbook for runbook in RUNBOOKS.values() if runbook.effect == "destroy"]
    assert destroying
    for runbook in destroying:
        assert runbook.approval.roles
        assert runbook.serves.alerts is None


def test_a_service_is_proved_by_what_its_users_see_and_not_by_its_process() -> None:
    verify = RUNBOOKS["service.restart"].verify
    assert {check.uses for check in verify} == {"health.check"}


@pytest.mark.parametrize("runbook", RUNBOOKS.values(), ids=lambda runbook: runbook.runbook)
def test_what_is_said_is_plain_and_whole(runbook: Runbook) -> None:
    for moment, text in runbook.say.items():
        assert text[-1] in ".!?", (runbook.runbook, moment)
        assert not any(word in text for word in ("PID", "LDAP", "API", "null", "None")), (runbook.runbook, moment)
    if any(check.otherwise == "nothing_to_do" for check in runbook.precheck):
        assert "nothing_to_do" in runbook.say or all(check.because for check in runbook.precheck)


def quota_after(megabytes: float) -> Any:
    raise_ = next(step for step in RUNBOOKS["mailbox.raise-quota"].steps if step.id == "raise")
    source = expressions_in(raise_.with_["quota_mb"])[0]
    return compile_expression(source).evaluate({"steps": {"look": {"quota_mb": megabytes}}})


@pytest.mark.parametrize(("before", "after"), [(1_024, 1_536), (2_048.0, 3_072), (40_000, 51_200), (51_199, 51_200)])
def test_a_mailbox_grows_by_half_and_never_beyond_the_cap(before: float, after: float) -> None:
    assert quota_after(before) == after


def test_nobody_is_the_manager_of_an_alert() -> None:
    text = (FOLDER / "dns/set-address.yaml").read_text(encoding="utf-8").replace("by: service_owner", "by: manager")
    with pytest.raises(RunbookInvalid) as caught:
        compile_runbook(text, path="set-address.yaml", catalogue=shipped_catalogue())
    assert [(one.code, one.where) for one in caught.value.problems] == [("unbound_input", "approval.by")]
