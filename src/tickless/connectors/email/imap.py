"""IMAP: sign in, unseen mail, seen flags, quotas (RFC 9051, RFC 2087). Errors are the house's."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError
from imapclient.imapclient import Quota

from tickless.connectors.email.settings import Server
from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk.egress import reach

STORAGE = "STORAGE"


def tls_context(server: Server) -> ssl.SSLContext:
    """Certificates are always checked, against `ca_file` if there is one."""
    return ssl.create_default_context(cafile=server.ca_file or None)


@contextmanager
def signed_in(server: Server, *, password: str, timeout: float, login: str = "", act_as: str = "") -> Iterator[Any]:
    """A connection that is signed in as `login` (or the server's user), acting as somebody else if `act_as` says so.

    Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected`, also for what goes wrong inside the block.
    """
    try:
        client = connected(server, timeout=timeout)
        try:
            if act_as:
                client.plain_login(login or server.user, password, act_as)
            else:
                client.login(login or server.user, password)
            yield client
        finally:
            _leave(client)
    except (IMAPClientError, OSError, EOFError) as error:
        raise failure(error, password) from None


def connected(server: Server, *, timeout: float) -> Any:
    """A connection that nobody has signed in to, encrypted as the settings say. Raises the library's errors."""
    reach(server.host, server.port)
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.tls == "tls",
        ssl_context=tls_context(server) if server.tls == "tls" else None,
        timeout=SocketTimeout(connect=timeout, read=timeout),
    )
    if server.tls == "starttls":
        try:
            client.starttls(tls_context(server))
        except (IMAPClientError, OSError, EOFError):
            _leave(client)
            raise
    return client


def _leave(client: Any) -> None:
    with suppress(IMAPClientError, OSError, EOFError):
        client.logout()
    with suppress(OSError):
        client.shutdown()


def failure(error: Exception, password: str) -> OutsideError:
    """The house's error, by the response code (RFC 5530) in the server's words."""
    words = redact_secrets(str(error), [password])[:300]
    if isinstance(error, (OSError, EOFError, IMAPClientAbortError)) or "[UNAVAILABLE]" in words:
        return Unreachable("the mail server does not answer", detail=words)
    if "[LIMIT]" in words or "[INUSE]" in words:
        return RateLimited("the mail server asks us to slow down", after=30.0, detail=words)
    if isinstance(error, LoginError) or "[AUTHORIZATIONFAILED]" in words or "[NOPERM]" in words:
        return AuthFailed("the mail server refused our credentials", detail=words)
    if isinstance(error, CapabilityError):
        return Rejected("the mail server knows no quotas", mend="switch its QUOTA extension on", detail=words)
    return Rejected("the mail server rejected the request", detail=words)


def unseen(client: Any, folder: str, *, most: int) -> list[tuple[int, bytes]]:
    """The oldest unseen mails, (UID, bytes) each. Reading does not mark them as seen."""
    client.select_folder(folder, readonly=True)
    uids = sorted(client.search("UNSEEN"))[:most]
    found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
    return [(uid, bytes(found[uid][b"BODY[]"])) for uid in uids if b"BODY[]" in found.get(uid, {})]


def flag_seen(client: Any, folder: str, uids: Sequence[int], *, seen: bool, dry_run: bool) -> int:
    """Set or take away the seen flag. Returns how many mails it changes (or would)."""
    client.select_folder(folder, readonly=dry_run)
    wanted = set(uids) & set(client.search("UNSEEN" if seen else "SEEN"))
    if wanted and not dry_run:
        (client.add_flags if seen else client.remove_flags)(sorted(wanted), [b"\\Seen"])
    return len(wanted)


def storage_quota(client: Any, mailbox: str, root: str = "") -> Quota | None:
    """The storage quota of a mailbox, in KiB; None if it has none."""
    _, quotas = client.get_quota_root(mailbox)
    fitting = [
        quota for quota in quotas if _text(quota.resource).upper() == STORAGE and root in {"", _text(quota.quota_root)}
    ]
    return fitting[0] if fitting else None


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def set_storage_quota(client: Any, root: str, kibibytes: int) -> None:
    """Set the limit of a quota root."""
    client.set_quota([Quota(root, STORAGE, 0, kibibytes)])


def has_copy(client: Any, folder: str, message_id: str) -> bool:
    """Whether a mail with this Message-ID is in a folder. A folder that does not exist holds none."""
    if not client.folder_exists(folder):
        return False
    client.select_folder(folder, readonly=True)
    return bool(client.search(["HEADER", "Message-ID", message_id]))


def keep_copy(client: Any, folder: str, raw: bytes) -> None:
    """Keep a mail of ours in a folder, as seen; the folder is made if it is not there."""
    if not client.folder_exists(folder):
        client.create_folder(folder)
    client.append(folder, raw, flags=[b"\\Seen"])
