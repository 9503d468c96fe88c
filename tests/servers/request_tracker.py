"""A real Request Tracker 5 on SQLite, with one queue, our own user with least rights, and an agent called Dana."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.servers.processes import HOST, NotStarted, Program, free_port, listens, own_folder, program
from tests.servers.shared import shared

RT_SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
QUEUE = "General"
IDENTITY = "Identity team"
"""A second queue, for what people move."""
OUR_RIGHTS = "SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket ModifyTicket"
AGENT_RIGHTS = f"{OUR_RIGHTS} OwnTicket TakeTicket"
_CONFIG = """
Set($rtname, 'desk.example');
Set($Organization, 'desk.example');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt5.db');
Set($DatabaseUser, 'rt');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($WebPath, '');
Set($LogToSTDERR, 'error');
Set($LogToSyslog, undef);
Set($LogToFile, undef);
Set($MailCommand, sub {{ return 1 }});
Set($MasonDataDir, '{folder}/mason');
Set($MasonSessionDir, '{folder}/sessions');
Set($WebSessionClass, 'Apache::Session::File');
Set($Timezone, 'UTC');
Set($BcryptCost, 5);
1;
"""
_SEED = """
use strict; use warnings;
use lib '/usr/local/share/request-tracker5/lib', '/usr/share/request-tracker5/lib';
use RT -init;
use JSON;
my %rights = @ARGV;
my $queue = RT::Queue->new(RT->SystemUser);
$queue->Load('General');
my $other = RT::Queue->new(RT->SystemUser);
my ($made_it, $message) = $other->Create(Name => 'Identity team');
die $message unless $made_it;
my %token;
for my $name (sort keys %rights) {
    my $user = RT::User->new(RT->SystemUser);
    my ($ok, $why) = $user->Create(
        Name => $name, RealName => ucfirst $name, EmailAddress => "$name\\@desk.example", Privileged => 1);
    die $why unless $ok;
    for my $right (split ' ', $rights{$name}) {
        for my $where ($queue, $other) {
            ($ok, $why) = $user->PrincipalObj->GrantRight(Right => $right, Object => $where);
            die "$right: $why" unless $ok;
        }
    }
    my $made = RT::AuthToken->new(RT->SystemUser);
    ($ok, $why, $token{$name}) = $made->Create(Owner => $user->Id, Description => 'test');
    die $why unless $ok;
}
print encode_json(\\%token);
"""


@dataclass(frozen=True)
class RequestTracker:
    """A running RT. `token` is our own user's; the other methods are Dana's hands."""

    url: str
    token: str
    dana: str

    def make(self, subject: str, *, refers_to: str) -> str:
        """A ticket made by our own user, with nothing but a subject and a link; its number."""
        wanted = {"Queue": QUEUE, "Subject": subject, "RefersTo": [refers_to]}
        return str(self._send(self.token, "POST", "ticket", wanted)["id"])

    def all(self, query: str = "id > 0") -> list[dict[str, Any]]:
        """Tickets by TicketSQL."""
        quoted = urllib.parse.quote(query)
        found = self._as_dana("GET", f"tickets?query={quoted}&fields=Subject,Status,Owner,Priority&per_page=100")
        return list(found["items"])

    def ticket(self, number: str) -> dict[str, Any]:
        return dict(self._as_dana("GET", f"ticket/{number}"))

    def queue_of(self, number: str) -> str:
        """Name of the queue in which a ticket lies."""
        found = self._as_dana("GET", f"tickets?query=id={int(number)}&fields=Queue&fields[Queue]=Name")
        return str(found["items"][0]["Queue"]["Name"])

    def texts(self, number: str) -> list[str]:
        """Everything that was ever written in a ticket."""
        found = self._as_dana("GET", f"ticket/{number}/attachments?fields=Content&per_page=100")["items"]
        return [str(one["Content"]) for one in found]

    def reply(self, number: str, text: str) -> None:
        """Dana writes to the person."""
        self._as_dana("POST", f"ticket/{number}/correspond", {"Content": text, "ContentType": "text/plain"})

    def note(self, number: str, text: str) -> None:
        """Dana writes something that only agents read."""
        self._as_dana("POST", f"ticket/{number}/comment", {"Content": text, "ContentType": "text/plain"})

    def change(self, number: str, **fields: str) -> None:
        """Dana changes a ticket: `Status="resolved"`, `Owner="dana"`."""
        self._as_dana("PUT", f"ticket/{number}", fields)

    def _as_dana(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._send(self.dana, method, path, body)

    def _send(self, token: str, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/REST/2.0/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.loads(answer.read() or b"null")


@contextmanager
def run_request_tracker() -> Iterator[RequestTracker]:
    """Make a database, people and tokens, and serve it on a loopback port."""
    with own_folder("rt") as folder:
        for name in ("mason", "sessions", "config.d"):
            (folder / name).mkdir()
        config = folder / "RT_SiteConfig.pm"
        config.write_text(_CONFIG.format(folder=folder, port=80))
        env = {"RT_SITE_CONFIG": str(config), "RT_SITE_CONFIG_DIR": str(folder / "config.d")}  # RT needs both
        _do([str(program("rt-setup-database-5")), "--action", "init", "--skip-create"], env)
        tokens = json.loads(_do(["perl", "-e", _SEED, "tickless", OUR_RIGHTS, "dana", AGENT_RIGHTS], env))
        daemon, port = _serve(folder, config, env)
        try:
            yield RequestTracker(f"http://{HOST}:{port}", tokens["tickless"], tokens["dana"])
        finally:
            daemon.stop()


def _serve(folder: Path, config: Path, env: Mapping[str, str]) -> tuple[Program, int]:
    """The running server and its port; another port when somebody took the first one meanwhile."""
    for last in (False, False, True):
        port = free_port()
        config.write_text(_CONFIG.format(folder=folder, port=port))
        starman = [str(program("starman")), "--listen", f"{HOST}:{port}", "--workers", "2", "--disable-keepalive"]
        daemon = Program([*starman, "--preload-app", str(RT_SERVER)], log=folder / "log", cwd=folder, env=env)
        try:
            daemon.start(lambda: listens(port))  # noqa: B023 - called before the next round
        except NotStarted:
            if last:
                raise
        else:
            return daemon, port
    raise AssertionError("never here")


def _do(command: list[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise NotStarted(f"{command[0]} ended with {done.returncode}\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return done.stdout


def fresh_request_tracker() -> RequestTracker:
    """The server that this process shares. Every test makes tickets of its own: nobody else's are touched."""
    return shared("request_tracker", run_request_tracker)


@pytest.fixture
def request_tracker() -> RequestTracker:
    """A running RT. Started once per session."""
    return fresh_request_tracker()
