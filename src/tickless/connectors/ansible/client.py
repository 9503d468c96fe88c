"""Runs Ansible through ansible-runner, in a folder of its own that is gone afterwards. ansible-runner is loaded when needed.

`ansible-playbook` is a program of its own: it gets no variables of ours, a clean configuration, an inventory made from the
settings, and variables in a file that only it reads.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickless.connectors.ansible.outcome import Told, told_by
from tickless.connectors.ansible.settings import Settings
from tickless.connectors.ansible.variables import inventory_of, written
from tickless.domain.errors import Rejected, SettingsInvalid, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach

MOST_SAID = 1_000_000
"""Characters of what a run said that are kept."""


def library() -> Any:
    """The module `ansible_runner`. Raises `SettingsInvalid` that says how to get it."""
    try:
        import ansible_runner
    except ModuleNotFoundError as error:
        raise SettingsInvalid("Ansible needs ansible-runner", mend="install tickless[ansible]") from error
    if shutil.which("ansible-playbook", path=_path()) is None:
        raise SettingsInvalid("ansible-playbook is not installed", mend="install tickless[ansible], or ansible-core")
    return ansible_runner


@dataclass(frozen=True)
class Ran:
    """What a run told, and where it is kept."""

    events: tuple[Told, ...]
    said: str
    artifact: str = ""


@dataclass(frozen=True)
class Ansible:
    """One folder of playbooks, for one call. Methods raise the house's errors."""

    call: Call
    settings: Settings
    deadline: Deadline

    def play(self, file: str, *, hosts: Sequence[str], values: Mapping[str, Any], check: bool, name: str) -> Ran:
        """Run a playbook on these hosts; `check`: in check mode, with differences. `values` hold secrets, too."""
        path = Path(self.settings.folder, file)
        root = Path(self.settings.folder).resolve()
        if not path.is_file() or not path.resolve().is_relative_to(root):
            raise Rejected("the playbook is not in the folder", detail=file, mend="see `folder` and `playbooks`")
        options = ["--diff", *(("--check",) if check else ()), "--limit", ",".join(hosts)]
        return self._run(hosts, values, name=name, cmdline=options, playbook=str(path))

    def ask(self, module: str, arguments: Mapping[str, Any], *, host: str) -> Ran:
        """Ask one module of `ansible.builtin` on one host."""
        options = {
            "module": f"ansible.builtin.{module}",
            "module_args": json.dumps(dict(arguments)),
            "host_pattern": host,
        }
        return self._run([host], {}, name=module, cmdline=[], **options)

    def _run(
        self, hosts: Sequence[str], values: Mapping[str, Any], *, name: str, cmdline: list[str], **what: str
    ) -> Ran:
        for host in hosts:
            if (known := self.settings.hosts.get(host)) is not None:
                reach(known.address, known.port)
        runner = library()
        with self._place(values) as place:
            options = ["-e", f"@{place / 'variables.yml'}", "--forks", str(self.settings.forks), *cmdline]
            if self.settings.hosts:
                options += ["--private-key", str(place / "key")]
            prepared = runner.interface.init_runner(
                private_data_dir=str(place),
                inventory=str(place / "hosts.json"),
                cmdline=shlex.join(options),
                quiet=True,
                cancel_callback=lambda: self.deadline.passed,
                settings={"job_timeout": max(1, round(self.deadline.left()))},
                **what,
            )
            prepared.config.env = self._environment(prepared.config.env, place)
            status, _ = prepared.run()
            said = self._without_secrets(_read(prepared))
            events = tuple(told_by(json.loads(self._without_secrets(json.dumps(event))) for event in prepared.events))
        if status in {"timeout", "canceled"}:
            raise Unreachable("the playbook took too long", detail=name)
        if status == "failed" and not events:
            raise Rejected("Ansible could not begin", detail=said[-300:])
        return Ran(events, said, self._keep(name, status, said))

    @contextmanager
    def _place(self, values: Mapping[str, Any]) -> Iterator[Path]:
        """A folder that only we may read, with what the run needs; gone at the end, whatever happened."""
        with tempfile.TemporaryDirectory(prefix="tickless-ansible-") as folder:
            place = Path(folder)
            inventory = inventory_of(self.settings, python=sys.executable)
            for file, text in (
                ("hosts.json", json.dumps(inventory)),
                ("variables.yml", written(values)),
                ("ansible.cfg", "[defaults]\n"),
                ("key", self.call.secret(self.settings.key) + "\n" if self.settings.hosts else ""),
            ):
                (place / file).touch(mode=0o600)
                (place / file).write_text(text, encoding="utf-8")
            yield place

    def _environment(self, prepared: Mapping[str, str], place: Path) -> dict[str, str]:
        """What ansible-runner adds, and our own; nothing of Tickless's own environment."""
        added = {name: value for name, value in prepared.items() if os.environ.get(name) != value}
        known = shlex.quote(self.settings.known_hosts)
        return {
            **added,
            "PATH": _path(),
            "LANG": "C.UTF-8",
            "HOME": str(place),
            "ANSIBLE_CONFIG": str(place / "ansible.cfg"),
            "ANSIBLE_HOME": str(place / "home"),
            "ANSIBLE_LOCAL_TEMP": str(place / "tmp"),
            "ANSIBLE_ROLES_PATH": str(Path(self.settings.folder, "roles")),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "0",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "ANSIBLE_HOST_KEY_CHECKING": "1",
            "ANSIBLE_SSH_ARGS": f"-F /dev/null -o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes "
            "-o IdentitiesOnly=yes -o BatchMode=yes -o ControlMaster=no",
            "ANSIBLE_TIMEOUT": str(max(1, round(self.deadline.left()))),
        }

    def _without_secrets(self, text: str) -> str:
        hidden = [value for value in self.call.instance.secrets.seen if len(value) > 3]
        return redact_secrets(
            text, [*hidden, *(line for value in hidden for line in value.splitlines() if len(line) > 7)]
        )

    def _keep(self, name: str, status: str, said: str) -> str:
        """What the run said, kept under its moment and its step; the oldest go."""
        if not self.settings.artifacts:
            return ""
        at = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
        step = "".join(letter if letter.isalnum() else "-" for letter in self.call.key)[:80]
        root = Path(self.settings.artifacts)
        folder = root / f"{at}-{name}-{step}"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "said.txt").write_text(said[:MOST_SAID], encoding="utf-8")
        (folder / "status.json").write_text(
            json.dumps({"status": status, "name": name, "key": self.call.key}), encoding="utf-8"
        )
        kept = sorted(one for one in root.iterdir() if one.is_dir() and (one / "status.json").is_file())
        for old in kept[: -self.settings.keep]:
            shutil.rmtree(old, ignore_errors=True)
        return str(folder)


def connect(call: Call) -> Ansible:
    """The folder of the call's settings."""
    return Ansible(call, call.settings, Deadline.within(call.timeout, who="Ansible"))


def _read(prepared: Any) -> str:
    with prepared.stdout as stream:
        return str(stream.read(MOST_SAID))


def _path() -> str:
    return f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
