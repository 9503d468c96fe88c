"""The beginning of a runbook: a file that compiles, to be filled in from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

from tickless.domain.errors import BadInput, Conflict
from tickless.doors.cli.host import About

_ID = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+")
_HUMAN = """serves:
  intents: [{need}]                 # the name of the need ...
  says:                             # ... and 15 to 25 ways in which people say it, with slips and slang
    - please {words} for me
    - can you {words}
    - I need somebody to {words}
"""
_MACHINE = """serves:
  alerts: ${{{{ signal.class == "{need}" && signal.state == "firing" }}}}   # what monitors call it
"""
_INPUTS = {
    "person": '  person: {type: person, from: requester, label: [username, user], ask: "Who is it for?"}',
    "service": '  service: {type: service, from: service, label: service, ask: "Which service?"}',
    "ci": '  ci: {type: ci, from: message, label: [host, instance], ask: "Which item?"}',
    "device": '  device: {type: device, from: requester, ask: "Which device?"}',
    "app": """\
  person: {type: person, from: requester, label: [username, user], ask: "Who is it for?"}
  app: {type: app, from: message, ask: "Which app?"}""",
}
_PROBE: dict[str, tuple[str, str, str]] = {
    "person": ("directory.account", "username: ${{ inputs.person.username }}", "${{ result.locked == false }}"),
    "service": ("health.check", "service: ${{ inputs.service.id }}", "${{ result.healthy }}"),
    "ci": ("health.check", "service: ${{ inputs.ci.service }}", "${{ result.healthy }}"),
    "device": ("endpoint.device", "device: ${{ inputs.device.id }}", "${{ result.online }}"),
    "app": (
        "directory.member",
        "username: ${{ inputs.person.username }}\n      group: ${{ inputs.app.group }}",
        "${{ result.group_exists }}",
    ),
}
"""Operation, what it takes, what is expected."""
_WHOLE = """# tickless runbook check {path}       every mistake at once, with line, reason and mend
runbook: {id}
revision: 0.1.0                     # major: inputs, effect, approval; minor: steps; patch: words
title: {title}
description: What it is for, and when it must not be used.
owner: service-desk                 # who answers for it
kind: {kind}
{serves}inputs:
{inputs}
subject: {about}:${{{{ inputs.{about}.id }}}}
effect: read                        # read, change or destroy: the worst of its steps
undo: steps                         # or {{irreversible: why that is acceptable}}
steps:
  - id: look
    title: Look how it stands
    uses: {probe}
    with:
      {given}
  # Then what has to be done, a step each, as docs/guides/runbooks.md says: uses, wait, until, wait_for, ask, approve, say,
  # manual, for_each, parallel, call, tasks, hand_off. Which operations there are: docs/reference/capabilities.md
verify:                             # what people would notice, read back from the system of record
  - uses: {probe}
    with:
      {given}
    expect: {expect}
    within: 30s
    hold: 7d
say:
  done: It is done, and I checked.
  failed: That did not work. A colleague takes over with everything I found.
value:
  minutes_saved: 10
  basis: a guess until it is measured
tests:
{tests}
"""


def starter(identity: str, *, about: About, folder: Path) -> Path:
    """Write the beginning of a runbook where its id says; returns the file. Raises `BadInput`, `Conflict`."""
    if not _ID.fullmatch(identity) or "." not in identity:
        raise BadInput(f"{identity[:60]!r} is no id", mend="write <area>.<name> in small letters, such as queue.drain")
    area, _, name = identity.partition(".")
    path = folder / area / f"{name}.yaml"
    if path.exists():
        raise Conflict(f"{path} exists already", mend="edit it, or choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(identity, about=about, path=path), encoding="utf-8")
    return path


def text_of(identity: str, *, about: About, path: Path) -> str:
    """The text of the file."""
    words, need = identity.replace(".", " ").replace("-", " "), identity.replace(".", "_").replace("-", "_")
    human = about in {"person", "device", "app"}
    probe, given, expect = _PROBE[about]
    test = f"  - says: please {words} for me\n    expect: {{need: {need}, outcome: verified}}"
    if not human:
        test = f"  - signal: {{class: {need}, state: firing}}\n    expect: {{serves: true}}"
    return _WHOLE.format(
        path=path, id=identity, title=words.capitalize(), kind="request" if human else "incident",
        serves=(_HUMAN if human else _MACHINE).format(need=need, words=words), inputs=_INPUTS[about], about=about,
        probe=probe, given=given, expect=expect, tests=test,
    )  # fmt: skip
