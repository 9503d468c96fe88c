"""A real Dovecot as its administrator has it: the administration API, and limits in a dictionary."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols =
listen = {host}
ssl = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail/%u
mail_plugins = quota
first_valid_uid = 1
first_valid_gid = 1
doveadm_api_key = {key}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service doveadm {{
  inet_listener http {{
    port = {port}
  }}
}}
plugin {{
  quota = maildir:User quota
}}
userdb {{
  driver = dict
  args = {folder}/dict.conf
}}
passdb {{
  driver = dict
  args = {folder}/dict.conf
}}
"""
DICT = """
uri = file:{folder}/limits/dict
iterate_disable = yes
key quota {{
  key = quota/%u
}}
userdb_fields {{
  uid = {uid}
  gid = {gid}
  home = {folder}/home/%u
  quota_rule = *:storage=%{{dict:quota}}M
}}
"""
PEOPLE = {"anna": 50, "olga": 2}


@dataclass(frozen=True)
class DoveadmServer:
    """`anna` has room, `olga` has none: most of what she has is in her trash."""

    url: str
    key: str
    folder: Path
    ids: tuple[int, int]
    _moments: Iterator[int] = field(default_factory=lambda: count(1_000_000_000))

    @property
    def quota_dict(self) -> str:
        return f"file:{self.folder}/limits/dict"

    def limit(self, person: str) -> int:
        """MiB, out of the dictionary itself."""
        lines = (self.folder / "limits/dict").read_text().splitlines()
        return int(lines[lines.index(f"shared/quota/{person}") + 1])

    def messages(self, person: str, mailbox: str = "") -> int:
        """How many are in a folder, by its files."""
        folder = self.folder / "mail" / person / mailbox
        return sum(1 for part in ("new", "cur") for _ in (folder / part).glob("*"))

    def reset(self) -> None:
        """The limits and the mail it began with."""
        new = self.folder / "limits/dict.new"
        new.write_text("".join(f"shared/quota/{who}\n{size}\n" for who, size in PEOPLE.items()))
        new.chmod(0o666)
        moment = next(self._moments)  # Dovecot reads the file again when its time differs by a second
        os.utime(new, (moment, moment))
        new.replace(self.folder / "limits/dict")
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        for person, mailbox, many in (("anna", "", 1), ("olga", "", 1), ("olga", ".Trash", 4)):
            for part in ("cur", "new", "tmp"):
                (self.folder / "mail" / person / mailbox / part).mkdir(parents=True, exist_ok=True)
            for number in range(many):
                path = self.folder / "mail" / person / mailbox / "cur" / f"1500000000.M{number}P1.lane:2,S"
                path.write_bytes(b"Subject: old\r\n\r\n" + b"x" * (512 * 1024 if mailbox else 1024))
                os.utime(path, (1_500_000_000, 1_500_000_000))
        for path in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
            os.chown(path, *self.ids)


@contextmanager
def run_doveadm() -> Iterator[DoveadmServer]:
    """Start a server."""
    root = os.geteuid() == 0
    me, my_group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    nobody = pwd.getpwnam("nobody")
    ids = (nobody.pw_uid, nobody.pw_gid) if root else (os.getuid(), os.getgid())
    with own_folder("doveadm") as folder:
        folder.chmod(0o755)
        for name in ("limits", "home", "mail"):
            (folder / name).mkdir()
            os.chown(folder / name, *ids)
            (folder / name).chmod(0o777)
        port, key = free_port(), secrets.token_hex(16)
        (folder / "dict.conf").write_text(DICT.format(folder=folder, uid=ids[0], gid=ids[1]))
        (folder / "dovecot.conf").write_text(
            CONFIG.format(
                folder=folder, host=HOST, port=port, key=key, user="dovecot" if root else me,
                group="dovecot" if root else my_group, login="dovenull" if root else me,
            )
        )  # fmt: skip
        daemon = Program(
            [program("dovecot") or "dovecot", "-F", "-c", str(folder / "dovecot.conf")], log=folder / "stderr"
        )
        server = DoveadmServer(f"http://{HOST}:{port}", key, folder, ids)
        daemon.start(lambda: listens(port))
        try:
            yield server
        finally:
            daemon.stop()


def fresh_doveadm() -> DoveadmServer:
    """The server that this process shares, as it began."""
    server = shared("doveadm", run_doveadm)
    server.reset()
    return server


@pytest.fixture
def doveadm() -> DoveadmServer:
    """A Dovecot with its administration API."""
    return fresh_doveadm()
