"""A small mail server on 127.0.0.1: IMAP with flags, quotas and a master user, and SMTP. For tests, not for mail."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CAPABILITIES = "IMAP4rev1 QUOTA AUTH=PLAIN"
_ROOT = "User quota"


@dataclass
class Box:
    """One mailbox: its mails (the first has UID 1), which of them were seen, and its quota in KiB."""

    mails: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    used: int = 0
    limit: int = 0
    sent: list[bytes] = field(default_factory=list)
    """The folder `Sent`."""
    in_sent: bool = False


@dataclass
class MailServer:
    """`boxes` by person. `users`: who may sign in; `admin` may as `PERSON*admin`, or with the person as authorisation id."""

    boxes: dict[str, Box]
    users: dict[str, str]
    admin: str = "admin"
    sent: list[bytes] = field(default_factory=list)
    refuse_with: str = ""
    """An SMTP reply, such as `550 no such user`, that every recipient gets."""
    imap_port: int = 0
    smtp_port: int = 0

    def box_for(self, login: str, password: str, act_as: str = "") -> Box | None:
        """The mailbox that these credentials open."""
        person, _, admin = login.partition("*")
        if act_as and login == self.admin:
            person, admin = act_as, login
        if self.users.get(admin or person) != password or (admin and admin != self.admin):
            return None
        return self.boxes.get(person)


@contextmanager
def mail_server(server: MailServer) -> Iterator[MailServer]:
    """Serve IMAP and SMTP on free ports for as long as the block lasts."""
    imap, smtp = _listening(lambda lines: _imap(server, lines)), _listening(lambda lines: _smtp(server, lines))
    with imap as server.imap_port, smtp as server.smtp_port:
        yield server


class _Lines(socketserver.StreamRequestHandler):
    """One connection, line by line."""

    talk: Callable[[_Lines], None]

    def handle(self) -> None:
        try:
            type(self).talk(self)
        except (ConnectionError, ValueError):
            """The client left in the middle of a sentence."""

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def heard(self) -> str:
        line = self.rfile.readline()
        if not line:
            raise ConnectionError("the client left")
        return line.decode().rstrip("\r\n")


@contextmanager
def _listening(talk: Callable[[_Lines], None]) -> Iterator[int]:
    handler = type("Handler", (_Lines,), {"talk": staticmethod(talk)})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as listener:
        listener.daemon_threads = True
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield int(listener.server_address[1])
        finally:
            listener.shutdown()
            thread.join()


def _imap(server: MailServer, lines: _Lines) -> None:
    lines.say(f"* OK [CAPABILITY {CAPABILITIES}] ready")
    box: Box | None = None
    while True:
        tag, _, rest = lines.heard().partition(" ")
        command, _, arguments = rest.partition(" ")
        command = command.upper()
        if command == "LOGOUT":
            lines.say("* BYE")
            lines.say(f"{tag} OK done")
            return
        if command == "CAPABILITY":
            lines.say(f"* CAPABILITY {CAPABILITIES}")
            lines.say(f"{tag} OK done")
        elif command in {"LOGIN", "AUTHENTICATE"}:
            box = _sign_in(server, lines, command, arguments)
            lines.say(f"{tag} OK done" if box else f"{tag} NO [AUTHENTICATIONFAILED] who are you")
        elif box is None:
            lines.say(f"{tag} BAD sign in first")
        else:
            lines.say(f"{tag} {_mailbox_command(box, lines, command, arguments)}")


def _sign_in(server: MailServer, lines: _Lines, command: str, arguments: str) -> Box | None:
    if command == "LOGIN":
        login, password = (quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', arguments))
        return server.box_for(login, password)
    lines.say("+")
    act_as, login, password = base64.b64decode(lines.heard()).decode().split("\0")
    return server.box_for(login, password, act_as)


def _mailbox_command(box: Box, lines: _Lines, command: str, arguments: str) -> str:
    """Do it, say the untagged lines, and return the tagged answer."""
    if command in {"LIST", "CREATE"}:
        if command == "LIST" and box.sent:
            lines.say('* LIST () "/" "Sent"')
    elif command == "APPEND":
        lines.say("+ go on")
        box.sent.append(_literal(lines, arguments))
    elif command in {"SELECT", "EXAMINE"}:
        box.in_sent = "Sent" in arguments
        lines.say(f"* {len(box.mails)} EXISTS")
    elif command == "UID":
        return _uid_command(box, lines, *arguments.split(" ", maxsplit=1))
    elif command == "GETQUOTAROOT":
        lines.say(f'* QUOTAROOT INBOX "{_ROOT}"')
        lines.say(f'* QUOTA "{_ROOT}" (STORAGE {box.used} {box.limit})')
    elif command == "SETQUOTA":
        box.limit = int(re.findall(r"\d+", arguments)[-1])
        lines.say(f'* QUOTA "{_ROOT}" (STORAGE {box.used} {box.limit})')
    else:
        return "BAD unknown command"
    return "OK done"


def _uid_command(box: Box, lines: _Lines, command: str, arguments: str) -> str:
    if box.in_sent:
        sought = arguments.replace('"', "").rpartition(" ")[2].encode()
        lines.say("* SEARCH " + " ".join(str(uid) for uid, raw in enumerate(box.sent, start=1) if sought in raw))
        return "OK done"
    everyone = range(1, len(box.mails) + 1)
    if command.upper() == "SEARCH":
        wants_seen = "UNSEEN" not in arguments
        lines.say("* SEARCH " + " ".join(str(uid) for uid in everyone if (uid in box.seen) == wants_seen))
        return "OK done"
    uids = [int(uid) for uid in arguments.split(" ", maxsplit=1)[0].split(",")]
    for uid in uids:
        if command.upper() == "FETCH":
            raw = box.mails[uid - 1]
            lines.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
        else:
            (box.seen.add if "+FLAGS" in arguments else box.seen.discard)(uid)
            lines.say(f"* {uid} FETCH (UID {uid} FLAGS ())")
    return "OK done"


def _literal(lines: _Lines, arguments: str) -> bytes:
    """What follows `{size}`, with the empty line behind it."""
    raw = lines.rfile.read(int(arguments.rpartition("{")[2].rstrip("}")))
    lines.heard()
    return raw


def _smtp(server: MailServer, lines: _Lines) -> None:
    lines.say("220 here")
    while (command := lines.heard()).upper() != "QUIT":
        verb = command.split(" ", maxsplit=1)[0].upper()
        if verb == "EHLO":
            lines.say("250-here")
            lines.say("250 AUTH PLAIN")
        elif verb == "AUTH":
            _, login, password = base64.b64decode(command.rpartition(" ")[2]).decode().split("\0")
            lines.say("235 welcome" if server.users.get(login) == password else "535 who are you")
        elif verb == "RCPT" and server.refuse_with:
            lines.say(server.refuse_with)
        elif verb == "DATA":
            lines.say("354 go on")
            server.sent.append(_until_dot(lines))
            lines.say("250 taken")
        else:
            lines.say("250 fine")
    lines.say("221 bye")


def _until_dot(lines: _Lines) -> bytes:
    heard: list[str] = []
    while (line := lines.heard()) != ".":
        heard.append(line)
    return "\r\n".join(heard).encode()
