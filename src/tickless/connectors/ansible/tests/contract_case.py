"""Playbooks run by the real Ansible: on this machine, over a real OpenSSH server, and on hosts that fail."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.servers.over_ssh import access, key_of, ssh_faults
from tests.servers.sshd import fresh_sshd
from tests.servers.worlds import need

from tickless.sdk.testing import ContractCase, World

SECRETS = {"FLAG_TOKEN": "flag-token-77c2-very-secret"}
ON = """- hosts: all
  gather_facts: false
  tasks:
    - name: Raise the flag
      ansible.builtin.copy: {content: "{{ reason }}\\n", dest: "PLACE/flag", mode: "0600"}
      notify: Say the token
  handlers:
    - name: Say the token
      ansible.builtin.debug: {msg: "{{ token }}"}
"""
OFF = """- hosts: all
  gather_facts: false
  tasks:
    - name: Lower the flag
      ansible.builtin.file: {path: "PLACE/flag", state: absent}
"""
FAIL = """- hosts: all
  gather_facts: false
  tasks:
    - name: Refuse
      ansible.builtin.fail: {msg: "not today"}
"""


def settings(place: Path, hosts: list[str]) -> dict[str, Any]:
    playbooks = place / "playbooks"
    playbooks.mkdir(exist_ok=True)
    for name, text in (("on.yml", ON), ("off.yml", OFF), ("fail.yml", FAIL)):
        (playbooks / name).write_text(text.replace("PLACE", str(place)))
    return {
        "folder": str(playbooks),
        "artifacts": str(place / "kept"),
        "playbooks": {
            "flag-on": {"file": "on.yml", "hosts": hosts, "undo": "flag-off", "secrets": {"token": "env:FLAG_TOKEN"},
                        "variables": {"reason": {"pattern": "[a-z {}()'%]+"}}},
            "flag-off": {"file": "off.yml", "hosts": hosts},
            "refuse": {"file": "fail.yml", "hosts": hosts},
        },
        "probes": {"flag": {"module": "stat", "arguments": {"path": f"{place}/flag"}, "hosts": hosts}},
    }  # fmt: skip


def look(place: Path) -> Any:
    flag = place / "flag"
    return flag.read_text() if flag.exists() else None


@contextmanager
def here(*, raised: bool = False) -> Iterator[World]:
    need("ansible")
    with tempfile.TemporaryDirectory(prefix="tickless-lane-") as folder:
        place = Path(folder)
        if raised:
            (place / "flag").write_text("backup\n")
        yield World({**settings(place, ["localhost"]), "local": True}, SECRETS, lambda: look(place))


@contextmanager
def raised() -> Iterator[World]:
    with here(raised=True) as world:
        yield world


@contextmanager
def by_ssh() -> Iterator[World]:
    need("ansible")
    need("sshd")
    server = fresh_sshd()
    reached = access(server)
    reached["hosts"]["web-1"].pop("become")
    with tempfile.TemporaryDirectory(prefix="tickless-lane-") as folder:
        place = Path(folder)
        values = {**settings(place, ["web-1"]), **reached, "python": sys.executable}
        yield World(values, {**SECRETS, **key_of(server)}, lambda: look(place))


@contextmanager
def that_hangs() -> Iterator[World]:
    with here() as world:
        Path(world.settings["folder"], "on.yml").write_text(
            "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.pause: {seconds: 60}\n"
        )
        yield world


@contextmanager
def with_another(playbook: str) -> Iterator[World]:
    with here() as world:
        yield World(world.settings, world.secrets, world.look, {"playbook": playbook})


@contextmanager
def that_fails() -> Iterator[World]:
    with here() as world:
        yield World(world.settings, world.secrets, world.look, {"playbook": "refuse", "variables": {}})


@contextmanager
def unknown_playbook() -> Iterator[World]:
    with with_another("no-such-playbook") as world:
        yield world


@contextmanager
def without_a_way_back() -> Iterator[World]:
    with here() as world:
        yield World(world.settings, world.secrets, world.look, {"playbook": "flag-off", "variables": {}})


@contextmanager
def unknown_probe() -> Iterator[World]:
    with here() as world:
        yield World(world.settings, world.secrets, world.look, {"probe": "no-such-probe"})


def ssh(*names: str) -> Any:
    return {name: fault for name, fault in ssh_faults(by_ssh).items() if name in names}


ON_IT = {"playbook": "flag-on", "variables": {"reason": "backup"}}
slow = partial(ContractCase, patience=90.0)
CASES = [
    slow("check", by_ssh, ON_IT, expect={"changed": 1, "failed": 0},
                 faults={**ssh("unauthenticated", "not_listening"), "hangs": that_hangs,
                         "not_found": unknown_playbook}),
    slow("ask", raised, {"probe": "flag", "host": "localhost"}, expect={"ok": True},
                 faults={"not_found": unknown_probe}),
    slow("play", here, ON_IT, changes=True, expect={"changed": 1}, undo_restores=True,
                 faults={"invalid": without_a_way_back}),
    slow("take_back", raised, ON_IT, changes=True, expect={"changed": 1}, undo_restores=True),
    slow("play_for_good", here, ON_IT, changes=True, expect={"changed": 1}, faults={"invalid": that_fails}),
]  # fmt: skip
