"""A real Dovecot (2.3): IMAP with quotas, a mailbox that is over its quota, and LMTP for the mail server (`exim.py`).

As root it uses the package's own users and keeps mail as `nobody`; otherwise everything runs as the current user.
"""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.processes import HOST, Program, free_port, listens, own_folder, program
from tests.waiting import until

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap{lmtp}
listen = {host}
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
mail_plugins = quota
{unprivileged}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
{lmtp_service}
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = maildir:User quota
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
"""
LMTP = "/usr/lib/dovecot/lmtp"
LMTP_SERVICE = """
auth_username_format = %n
service lmtp {{
  {user}
  inet_listener lmtp {{
    port = {port}
  }}
}}
protocol lmtp {{
  mail_plugins = quota
  postmaster_address = postmaster@{domain}
}}
"""
DOMAIN = "lane.example"
"""What comes by LMTP for `NAME@lane.example` or `NAME+anything@lane.example` is NAME's."""
OVER_QUOTA = "olga"


@dataclass
class Dovecot:
    """A running IMAP server, with LMTP. `users`: login name → password; `quotas`: login name → MiB."""

    host: str
    port: int
    users: dict[str, str]
    quotas: dict[str, int]
    over_quota: str
    folder: Path
    ids: tuple[int, int]
    lmtp_port: int = 0
    """Where a mail server hands over mail; 0 without the package dovecot-lmtpd."""
    edition: int = 1_000_000_000

    def set_quota(self, username: str, megabytes: int) -> None:
        """Change a quota as its administrator would: in the user file. Returns when Dovecot has read it."""
        self.quotas[username] = megabytes
        self.write_users()
        until(lambda: self.storage(username)[1] == megabytes * 1024, what="the quota to change", every=0.2)

    def storage(self, username: str) -> tuple[int, int]:
        """KiB used and allowed, as the server says."""
        with self.sign_in(username) as connection:
            _, (_, quota) = connection.getquotaroot("INBOX")
        found = re.search(rb"STORAGE (\d+) (\d+)", quota[0])
        assert found, quota
        return int(found[1]), int(found[2])

    def write_users(self) -> None:
        uid, gid = self.ids
        lines = [
            f"{name}:{password}:{uid}:{gid}::{self.folder}/home/{name}::userdb_quota_rule=*:storage={self.quotas[name]}M\n"
            for name, password in self.users.items()
        ]
        new = self.folder / "users.new"
        new.write_text("".join(lines))
        new.chmod(0o644)
        self.edition += 1  # Dovecot reads the file again when its time differs by a second
        os.utime(new, (self.edition, self.edition))
        new.replace(self.folder / "users")

    def sign_in(self, username: str) -> imaplib.IMAP4:
        """A signed-in IMAP connection; use it in a `with` block."""
        connection = imaplib.IMAP4(self.host, self.port, timeout=10)
        connection.login(username, self.users[username])
        return connection

    def accepts_mail(self, username: str, *, kilobytes: int = 1) -> bool:
        """The symptom itself: can a message of that size still be stored?"""
        message = b"Subject: test\r\n\r\n" + (b"x" * 62 + b"\r\n") * (16 * kilobytes)
        with self.sign_in(username) as connection:
            status, _ = connection.append("INBOX", "", "", message)
        return status == "OK"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """The server, once per session. `over_quota` names a person who has 2 MiB of mail and a quota of 1."""
    with own_folder("dovecot") as folder:
        folder.chmod(0o755)
        server = _prepare(folder, port=free_port())
        daemon = Program(
            [program("dovecot") or "dovecot", "-F", "-c", str(folder / "dovecot.conf")], log=folder / "stderr"
        )
        daemon.start(lambda: listens(server.port))
        try:
            server.set_quota(server.over_quota, 4)
            for _ in range(4):
                assert server.accepts_mail(server.over_quota, kilobytes=512), (folder / "log").read_text()
            server.set_quota(server.over_quota, 1)
            yield server
        finally:
            daemon.stop()


def _prepare(folder: Path, *, port: int) -> Dovecot:
    root = os.geteuid() == 0
    me, my_group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    nobody = pwd.getpwnam("nobody")
    lmtp_port = free_port() if Path(LMTP).exists() else 0
    service = LMTP_SERVICE.format(port=lmtp_port, domain=DOMAIN, user="" if root else f"user = {me}")
    (folder / "dovecot.conf").write_text(
        CONFIG.format(
            folder=folder,
            host=HOST,
            port=port,
            internal="dovecot" if root else me,
            internal_group="dovecot" if root else my_group,
            login="dovenull" if root else me,
            lmtp=" lmtp" if lmtp_port else "",
            lmtp_service=service if lmtp_port else "",
            unprivileged="" if root else "service stats {\n  chroot =\n}",
        )
    )
    users = {name: secrets.token_hex(8) for name in (OVER_QUOTA, "pia", "help", "anna", "ben", "mallory")}
    ids = (nobody.pw_uid, nobody.pw_gid) if root else (os.getuid(), os.getgid())
    server = Dovecot(HOST, port, users, dict.fromkeys(users, 50), OVER_QUOTA, folder, ids, lmtp_port)
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, *ids)
    server.write_users()
    return server
