"""Fetching the certificate that a server serves, and whether those who trust it by the rules would take it."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from dataclasses import dataclass

from cryptography import x509

from tickless.connectors.certificates.settings import Served
from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach

MOST_GREETING = 8_192


@dataclass(frozen=True)
class Seen:
    """A certificate as it is served. `problem`: why a client that checks would refuse it, if that was asked; else empty."""

    not_after: dt.datetime
    serial: str
    problem: str


def fetch(served: Served, deadline: Deadline, *, check: bool = False) -> Seen:
    """Once without checking, to see what is there; with `check` once more as a client that checks.

    Raises `Unreachable`, `Rejected`.
    """
    encoded = _handshake(served, deadline, checked=False)
    if encoded is None:
        raise Rejected("the server served no certificate")
    try:
        certificate = x509.load_der_x509_certificate(encoded)
    except ValueError:
        raise Rejected("the server served something that is no certificate") from None
    problem = ""
    if check:
        try:
            _handshake(served, deadline, checked=True)
        except Refused as refused:
            problem = str(refused)
    return Seen(certificate.not_valid_after_utc, f"{certificate.serial_number:x}", problem)


class Refused(Exception):
    """A client that checks does not take the certificate; the text says why."""


def _handshake(served: Served, deadline: Deadline, *, checked: bool) -> bytes | None:
    reach(served.address, served.port)
    name = served.server_name or served.address
    try:
        with socket.create_connection((served.address, served.port), timeout=deadline.left()) as plain:
            _start(served, plain)
            plain.settimeout(deadline.left())
            with _context(served, checked=checked).wrap_socket(plain, server_hostname=name) as wrapped:
                return wrapped.getpeercert(binary_form=True)
    except ssl.SSLCertVerificationError as error:
        raise Refused(error.verify_message or "it cannot be verified") from None
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            "the server did not answer with TLS", detail=f"{type(error).__name__}: {error}"[:300]
        ) from None


def _context(served: Served, *, checked: bool) -> ssl.SSLContext:
    if checked:
        return ssl.create_default_context(cafile=served.ca_file or None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is sent over it: it only shows what is served
    return context


def _start(served: Served, plain: socket.socket) -> None:
    """The words before TLS, for mail."""
    if served.starttls == "smtp":
        _until(plain, b"220")
        plain.sendall(b"EHLO tickless\r\n")
        _until(plain, b"250 ")
        plain.sendall(b"STARTTLS\r\n")
        _until(plain, b"220")
    elif served.starttls == "imap":
        _until(plain, b"* OK")
        plain.sendall(b"a STARTTLS\r\n")
        _until(plain, b"a OK")


def _until(plain: socket.socket, wanted: bytes) -> None:
    """Read whole lines until one begins so."""
    told = b""
    while len(told) < MOST_GREETING:
        part = plain.recv(1_024)
        if not part:
            break
        told += part
        if told.endswith(b"\n") and any(line.startswith(wanted) for line in told.splitlines()):
            return
    raise OSError("the server does not offer TLS here")
