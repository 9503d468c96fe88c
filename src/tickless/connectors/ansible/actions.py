"""Running playbooks of the settings. Check mode is the dry run; what takes a playbook back is another one."""

from __future__ import annotations

from tickless.connectors.ansible.client import connect
from tickless.connectors.ansible.parameters import Play, Played
from tickless.connectors.ansible.probes import playbook_of, run
from tickless.connectors.ansible.settings import Playbook
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action


@action("play", params=Play, output=Played)
def play(call: Call, params: Play) -> Result:
    """Run a playbook that another one takes back."""
    playbook = playbook_of(call, params)
    if not playbook.undo:
        raise Rejected("nothing takes this playbook back", detail=params.playbook, mend="use `play_for_good`")
    undo = UndoStep(uses=f"{call.instance.name}.take_back", with_=params.model_dump(mode="json"))
    return _played(call, playbook, params, undo=undo)


@action("take_back", params=Play, output=Played)
def take_back(call: Call, params: Play) -> Result:
    """Run the playbook that takes the named one back, with the same hosts and variables."""
    playbook = playbook_of(call, params)
    other = call.settings.playbooks.get(playbook.undo)
    if other is None:
        raise Rejected("nothing takes this playbook back", detail=params.playbook)
    known = {name: value for name, value in params.variables.items() if name in other.variables}
    asked = params.model_copy(update={"playbook": playbook.undo, "variables": known})
    undo = UndoStep(uses=f"{call.instance.name}.play", with_=params.model_dump(mode="json"))
    return _played(call, playbook_of(call, asked), asked, undo=undo)


@action("play_for_good", params=Play, output=Played)
def play_for_good(call: Call, params: Play) -> Result:
    """Run a playbook that nothing takes back."""
    return _played(call, playbook_of(call, params), params, undo=None)


def _played(call: Call, playbook: Playbook, params: Play, *, undo: UndoStep | None) -> Result:
    if call.first_started is not None and not playbook.idempotent:
        raise Rejected(
            "an earlier try of this playbook may have got through", mend="look at the hosts, then start anew"
        )
    if call.dry_run and not playbook.check_mode:
        plan = (f"would run {playbook.file}",)
        return Result(output=Played(plan=plan), changed=True, summary=f"would run {params.playbook}")
    output = run(connect(call), playbook, params, check=call.dry_run)
    word = "would change" if call.dry_run else "changed"
    changed = output.changed > 0
    return Result(
        output=output,
        changed=changed,
        summary=f"{params.playbook} {word} {output.changed} of {output.ok} tasks",
        undo=undo if changed and not call.dry_run else None,
    )
