"""A real mail server (Exim 4): takes mail by SMTP, says in `Authentication-Results` who signed in to send it, and hands it to
Dovecot. It delivers for its own domain only and knows no way out.

Nobody who signs in may write under another's name. Whoever does not sign in is believed nothing, as on the border of a company.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.servers.dovecot import DOMAIN, Dovecot
from tests.servers.processes import HOST, Program, free_port, own_folder, program

AUTHSERV_ID = f"mx.{DOMAIN}"
CONFIG = """
primary_hostname = {name}
domainlist local_domains = {domain}
local_interfaces = {host}
daemon_smtp_ports = {port}
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/exim.pid
exim_user = {user}
exim_group = {group}
never_users =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max_nonmail = 100
tls_advertise_hosts =
auth_advertise_hosts = *
acl_smtp_rcpt = rcpt
acl_smtp_data = data

begin acl
rcpt:
  accept domains = +local_domains
  deny message = no way out of here
data:
  deny authenticated = *
       condition = ${{if !eqi{{${{address:$h_From:}}}}{{$authenticated_id}}}}
       message = write under your own name
  warn remove_header = Authentication-Results
       add_header = :at_start:${{authresults {{{name}}}}}
  accept

begin routers
inboxes:
  driver = accept
  domains = +local_domains
  local_part_suffix = +*
  local_part_suffix_optional
  transport = dovecot

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = {host}
  port = {lmtp}
  hosts_override
  allow_localhost
  hosts_avoid_tls = *
  rcpt_include_affixes

begin retry
* * F,1m,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{folder}/passwords}}}}}}}}
  server_set_id = $auth2
"""


@dataclass
class Exim:
    """A running mail server over `dovecot`, whose people sign in with `NAME@lane.example` and their password there."""

    host: str
    port: int
    dovecot: Dovecot
    folder: Path

    def address(self, name: str) -> str:
        return f"{name}@{DOMAIN}"

    def send(self, mail: EmailMessage, *, signed_in_as: str = "") -> None:
        """Hand in a mail as a person's program does, signed in; or as a foreign server does."""
        with smtplib.SMTP(self.host, self.port, timeout=10) as client:
            if signed_in_as:
                client.login(self.address(signed_in_as), self.dovecot.users[signed_in_as])
            client.send_message(mail)


@pytest.fixture(scope="session")
def exim(dovecot: Dovecot) -> Iterator[Exim]:
    """The mail server, once per session."""
    with own_folder("exim") as folder:
        root = os.geteuid() == 0
        user = pwd.getpwnam("Debian-exim") if root else pwd.getpwnam(getpass.getuser())
        port = free_port()
        (folder / "exim.conf").write_text(
            CONFIG.format(
                name=AUTHSERV_ID,
                domain=DOMAIN,
                host=HOST,
                port=port,
                folder=folder,
                user=user.pw_name,
                group=grp.getgrgid(user.pw_gid).gr_name,
                lmtp=dovecot.lmtp_port,
            )
        )
        people = [f"{name}@{DOMAIN}: {password}\n" for name, password in dovecot.users.items()]
        (folder / "passwords").write_text("".join(people))
        (folder / "spool").mkdir()
        for path in (folder, folder / "spool", folder / "passwords"):
            os.chown(path, user.pw_uid, user.pw_gid)
        daemon = Program(
            [program("exim4") or "exim4", "-C", str(folder / "exim.conf"), "-bdf", "-q1s"], log=folder / "stderr"
        )
        daemon.start(lambda: _greets(port))
        try:
            yield Exim(HOST, port, dovecot, folder)
        finally:
            daemon.stop()


def _greets(port: int) -> bool:
    try:
        with smtplib.SMTP(HOST, port, timeout=5) as client:
            return client.noop()[0] == 250
    except OSError:
        return False
