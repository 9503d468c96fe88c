"""Commands on a host over SSH: argument lists only, quoted for the shell at the other end, with a deadline and a limit."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import asyncssh

from tickless.domain.errors import AuthFailed, OutsideError, Rejected, SettingsInvalid, Unreachable
from tickless.sdk.connector import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach
from tickless.sdk.hosts import Host, Hosts

MOST_OUTPUT = 4_000_000
"""Longest output that is read of one command, in bytes."""

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Done:
    """How a command ended. Its texts come from outside."""

    status: int
    output: str
    errors: str


class Shell:
    """An open connection to one host. Made by `connect`; not for use inside a running event loop."""

    def __init__(self, runner: asyncio.Runner, connection: Any, deadline: Deadline, become: Sequence[str] = ()) -> None:
        self._runner = runner
        self._connection = connection
        self._deadline = deadline
        self._become = tuple(become)

    def run(
        self, argv: Sequence[str], *, typed: str = "", privileged: bool = False, variables: Mapping[str, str] = _NONE
    ) -> Done:
        """Run one command to its end. `privileged`: with the host's `become` before it.

        `typed` is its standard input: the place for what must not stand in a process list.
        Raises `Unreachable` (too slow, line lost) and `Rejected` (too much output).
        """
        left = self._deadline.left()
        command = shlex.join(
            [
                "env",
                "LC_ALL=C",
                *(f"{name}={value}" for name, value in variables.items()),
                *(self._become if privileged else ()),
                *argv,
            ]
        )
        with _translated():
            return self._runner.run(asyncio.wait_for(_run(self._connection, command, typed.encode()), left))


@contextmanager
def connect(call: Call, host_name: str) -> Iterator[Shell]:
    """A shell on a host of the settings, which are `Hosts`. Everything in the block together takes at most the call's time.

    Raises `Rejected` (no such host), `SettingsInvalid` (key or known_hosts unusable), `AuthFailed` (key refused, or the
    host's own key is not the known one), `Unreachable`.
    """
    settings: Hosts = call.settings
    host = settings.hosts.get(host_name)
    if host is None:
        raise Rejected("this connector knows no such host", detail=f"host {host_name!r}")
    deadline = Deadline.within(call.timeout, who="the host")
    reach(host.address, host.port)
    key = _key(call, settings)
    if not Path(settings.known_hosts).is_file():
        raise SettingsInvalid("the file of known hosts is not there", detail=settings.known_hosts)
    with asyncio.Runner() as runner:
        with _translated():
            opening = _open(host, key=key, known_hosts=settings.known_hosts)
            connection = runner.run(asyncio.wait_for(opening, call.timeout))
        try:
            yield Shell(runner, connection, deadline, host.become)
        finally:
            connection.abort()
            runner.run(connection.wait_closed())


def _key(call: Call, settings: Hosts) -> Any:
    passphrase = call.secret(settings.passphrase) if settings.passphrase else None
    try:
        return asyncssh.import_private_key(call.secret(settings.key) + "\n", passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise SettingsInvalid("the SSH key cannot be read", mend="check the key's form and its passphrase") from None


async def _open(host: Host, *, key: Any, known_hosts: str) -> Any:
    return await asyncssh.connect(
        host.address,
        host.port,
        username=host.username,
        client_keys=[key],
        known_hosts=known_hosts,
        agent_path=None,
        config=None,
        preferred_auth="publickey",
    )


async def _run(connection: Any, command: str, typed: bytes) -> Done:
    stdin = asyncssh.PIPE if typed else asyncssh.DEVNULL
    async with connection.create_process(command, encoding=None, stdin=stdin) as process:
        if typed:
            process.stdin.write(typed)
            process.stdin.write_eof()
        output, errors = await asyncio.gather(_read(process.stdout), _read(process.stderr))
        await process.wait_closed()
        status = process.exit_status
    return Done(
        status=255 if status is None else int(status),
        output=output.decode(errors="replace"),
        errors=errors.decode(errors="replace"),
    )


async def _read(stream: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := await stream.read(65_536):
        parts.append(part)
        size += len(part)
        if size > MOST_OUTPUT:
            raise Rejected("the command says too much", detail=f"more than {MOST_OUTPUT} bytes")
    return b"".join(parts)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise _translate(error) from error


def _translate(error: Exception) -> OutsideError:
    detail = f"{type(error).__name__}: {error}"[:300]
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return AuthFailed(
            "the host's key is not the one we know", detail=detail, mend="compare the keys, then mend known_hosts"
        )
    if isinstance(error, asyncssh.PermissionDenied):
        return AuthFailed("the host refused our key", detail=detail)
    return Unreachable("the host did not answer in time", detail=detail)
