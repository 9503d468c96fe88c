"""Sending one mail over SMTP. Errors are the house's; what a reply code means: RFC 5321, 4.2."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from base64 import b64decode
from collections.abc import Sequence
from email.message import EmailMessage

from tickless.connectors.email.imap import tls_context
from tickless.connectors.email.machines import OWN_HEADER
from tickless.connectors.email.settings import Server
from tickless.connectors.email.threads import WIRE
from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk.capabilities.mail import Attached
from tickless.sdk.egress import reach


def compose(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    in_reply_to: str,
    key: str,
    html: str = "",
    attached: Sequence[Attached] = (),
) -> EmailMessage:
    """A mail that machines do not answer (RFC 3834). The same key has the same Message-ID."""
    mail = EmailMessage(policy=WIRE)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    domain = sender.rpartition("@")[2].rstrip(">") or "tickless.invalid"
    mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail[OWN_HEADER] = "mail"
    if in_reply_to:
        mail["In-Reply-To"] = f"<{in_reply_to}>"
        mail["References"] = f"<{in_reply_to}>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for one in attached:
        kind, _, subtype = one.type.partition("/")
        mail.add_attachment(b64decode(one.base64), maintype=kind, subtype=subtype, filename=one.name)
    return mail


def deliver(server: Server, mail: EmailMessage, *, password: str, timeout: float) -> None:
    """Hand a mail to the server. Raises `AuthFailed`, `RateLimited`, `Unreachable`, `Rejected`."""
    try:
        with _connected(server, timeout) as client:
            if server.tls == "starttls":
                client.starttls(context=tls_context(server))
            if server.user:
                client.login(server.user, password)
            client.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise _outside(error, password) from None


def _connected(server: Server, timeout: float) -> smtplib.SMTP:
    reach(server.host, server.port)
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=tls_context(server))
    return smtplib.SMTP(server.host, server.port, timeout=timeout)


def _outside(error: Exception, password: str) -> OutsideError:
    words = redact_secrets(str(error), [password])[:300]
    code = _code(error)
    if isinstance(error, smtplib.SMTPAuthenticationError) or code in {530, 534, 535, 538}:
        return AuthFailed("the mail server refused our credentials", detail=words)
    if code in {450, 452}:
        return RateLimited("the mail server asks us to slow down", after=60.0, detail=words)
    if 500 <= code < 600 or isinstance(error, smtplib.SMTPNotSupportedError):
        return Rejected("the mail server rejected the mail", detail=words)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unreachable("the mail server's certificate is not trusted", detail=words, mend="set `ca_file`")
    return Unreachable("the mail server does not answer", detail=words)


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()), (0, b""))[0])
    return 0
