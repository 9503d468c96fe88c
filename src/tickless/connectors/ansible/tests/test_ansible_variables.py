"""Whatever a runbook hands over: only named variables of the right type reach Ansible, and no text is ever a template."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickless.connectors.ansible.outcome import failure, played, told_by
from tickless.connectors.ansible.settings import Playbook, Settings
from tickless.connectors.ansible.variables import check_variables, inventory_of, limit_of, written
from tickless.domain.errors import AuthFailed, Rejected, Unreachable

PLAYBOOK = Playbook.model_validate({
    "file": "on.yml", "hosts": ["localhost"],
    "variables": {"reason": {"pattern": "[a-z ]+"}, "count": {"type": "integer", "required": False},
                  "how": {"choices": ["slow", "fast"], "required": False}, "loud": {"type": "boolean", "required": False}},
})  # fmt: skip
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


class Unsafe(yaml.SafeLoader):
    """Reads as Ansible does: `!unsafe` marks a text that is never a template."""


Unsafe.add_constructor("!unsafe", lambda loader, node: ("unsafe", loader.construct_scalar(node)))


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text() | st.integers() | st.booleans()))
def test_every_text_is_marked_as_no_template_and_says_the_same(values: dict[str, Any]) -> None:
    read = yaml.load(written(values), Loader=Unsafe) or {}
    assert read == {name: ("unsafe", one) if isinstance(one, str) else one for name, one in values.items()}


@pytest.mark.parametrize(
    ("given_values", "wrong"),
    [({"reason": "a b"}, ""), ({}, "missing"), ({"reason": "A"}, "right form"), ({"reason": "a", "count": "1"}, "no integer"),
     ({"reason": "a", "count": True}, "no integer"), ({"reason": "a", "how": "other"}, "none of its choices"),
     ({"reason": "a", "loud": 1}, "no boolean"), ({"reason": "a", "more": 1}, "unknown"), ({"reason": "a\x00"}, "may hold")],
)  # fmt: skip
def test_variables_are_checked(given_values: dict[str, Any], wrong: str) -> None:
    told = check_variables(PLAYBOOK, given_values)
    assert (told == []) if not wrong else any(wrong in line for line in told)


def settings(**changes: Any) -> Settings:
    host = {"address": "10.0.0.5", "username": "t"}
    return Settings.model_validate({
        "folder": "/srv/p", "hosts": {"web-1": host, "web-2": host, "db-1": host}, "groups": {"web": ["web-1", "web-2"]},
        "key": "env:K", "known_hosts": "/k", **changes,
    })  # fmt: skip


def test_only_hosts_that_a_playbook_may_be_run_on_are_meant() -> None:
    here = settings()
    assert limit_of(here, ["web"], []) == ("web-1", "web-2")
    assert limit_of(here, ["web"], ["web-2"]) == ("web-2",)
    for strange in ("db-1", "all", "web-1,db-1", "*", "!web-1"):
        with pytest.raises(Rejected):
            limit_of(here, ["web"], [strange])
    assert set(inventory_of(here, python="/p")["all"]["hosts"]) == {"web-1", "web-2", "db-1"}


@pytest.mark.parametrize(
    "changes",
    [{"folder": "relative"}, {"folder": "/a/../b"}, {"playbooks": {"x": {"file": "../x.yml", "hosts": ["web"]}}},
     {"playbooks": {"x": {"file": "/x.yml", "hosts": ["web"]}}}, {"playbooks": {"x": {"file": "x.yml", "hosts": ["nowhere"]}}},
     {"playbooks": {"x": {"file": "x.yml", "hosts": ["web"], "undo": "y"}}}, {"key": ""},
     {"probes": {"p": {"module": "shell", "hosts": ["web"]}}}, {"groups": {"g": ["nobody"]}}],
)  # fmt: skip
def test_settings_that_lead_out_of_the_folder_or_nowhere_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)


@given(st.lists(JSON | st.fixed_dictionaries({"event": st.sampled_from(["runner_on_ok", "runner_on_failed", "x"]),
                                              "event_data": JSON | st.fixed_dictionaries({"res": JSON})})))  # fmt: skip
def test_any_events_are_read_without_tripping(events: list[Any]) -> None:
    told = list(told_by(json.loads(json.dumps(events))))
    output = played(told)
    assert output.changed <= output.ok
    bad = [one for one in told if one.what in {"failed", "unreachable"} and one.result.get("ignore_errors") is not True]
    assert (failure(told) is None) == (not bad)


@pytest.mark.parametrize(
    ("kind", "words", "error"),
    [("unreachable", "Permission denied (publickey)", AuthFailed), ("unreachable", "Host key verification failed.", AuthFailed),
     ("unreachable", "Connection refused", Unreachable), ("failed", "not today", Rejected),
     ("failed", "Failed to connect to the host via ssh: x: Connection refused", Unreachable),
     ("failed", "Permission denied: '/etc/shadow'", Rejected)],
)  # fmt: skip
def test_what_went_wrong_is_the_houses_error(kind: str, words: str, error: type[Exception]) -> None:
    event = {"event": f"runner_on_{kind}", "event_data": {"host": "web-1", "task": "t", "res": {"msg": words}}}
    assert isinstance(failure(told_by([event])), error)
