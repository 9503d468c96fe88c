"""What Ansible can be asked: whether a playbook would change anything, and what a module reads."""

from __future__ import annotations

from typing import Any

from tickless.connectors.ansible.client import Ansible, Ran, connect
from tickless.connectors.ansible.outcome import failure, played
from tickless.connectors.ansible.parameters import Answered, Asked, Play, Played
from tickless.connectors.ansible.settings import Playbook, Settings
from tickless.connectors.ansible.variables import check_variables, limit_of
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe

NOISE = frozenset({"invocation", "_ansible_no_log", "_ansible_verbose_always", "ansible_facts_parsed"})


@probe("check", params=Play, output=Played)
def check(call: Call, params: Play) -> Result:
    """What a playbook would change now, by Ansible's check mode. `changed` 0: everything stands as the playbook says."""
    playbook = playbook_of(call, params)
    if not playbook.check_mode:
        raise Rejected("this playbook has no check mode that tells the truth", detail=params.playbook)
    output = run(connect(call), playbook, params, check=True)
    told = f"{output.changed} of {output.ok} tasks would change something" if output.changed else "nothing would change"
    return Result(output=output, summary=told)


@probe("ask", params=Asked, output=Answered)
def ask(call: Call, params: Asked) -> Result:
    """Ask a module that the settings name, on one host."""
    settings: Settings = call.settings
    found = settings.probes.get(params.probe)
    if found is None:
        raise Rejected("the settings name no such probe", detail=params.probe, mend="add it to `probes`")
    (host,) = limit_of(settings, found.hosts, [params.host])
    ran = connect(call).ask(found.module, found.arguments, host=host)
    wrong = failure(event for event in ran.events if event.what == "unreachable")
    if wrong is not None:
        raise wrong
    answer = next((event for event in ran.events if event.what in {"ok", "failed"}), None)
    if answer is None:
        raise Rejected("the module did not answer", detail=ran.said[-300:])
    values = {name: value for name, value in answer.result.items() if name not in NOISE}
    ok = answer.what == "ok"
    return Result(output=Answered(ok=ok, values=values), summary=f"{params.probe}: {'ok' if ok else 'not ok'}")


def playbook_of(call: Call, params: Play) -> Playbook:
    """The playbook, if its variables fit. Raises `Rejected`."""
    settings: Settings = call.settings
    playbook = settings.playbooks.get(params.playbook)
    if playbook is None:
        raise Rejected("no playbook of that name may be run", detail=params.playbook, mend="add it to `playbooks`")
    wrong = check_variables(playbook, params.variables)
    if wrong:
        raise Rejected("the variables do not fit the playbook", detail="; ".join(wrong)[:300])
    limit_of(settings, playbook.hosts, params.hosts)
    return playbook


def run(ansible: Ansible, playbook: Playbook, params: Play, *, check: bool) -> Played:
    """Run it. Raises what went wrong."""
    secrets = {name: ansible.call.secret(reference) for name, reference in playbook.secrets.items()}
    values: dict[str, Any] = {**params.variables, **secrets}
    hosts = limit_of(ansible.settings, playbook.hosts, params.hosts)
    ran: Ran = ansible.play(playbook.file, hosts=hosts, values=values, check=check, name=params.playbook)
    wrong = failure(ran.events)
    if wrong is not None:
        raise wrong
    return played(ran.events).model_copy(update={"artifact": ran.artifact})
