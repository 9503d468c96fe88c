"""Amazon SNS: whether a message is signed by it, and confirming a subscription. Knows the vendor, not us.

Certificates and confirmations are fetched from `https://sns.<region>.amazonaws.com` of the topic's own region only, over the
guard against internal addresses; what a message says of other places is not looked at.
Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages".
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tickless.domain.errors import OutsideError, RateLimited
from tickless.sdk.http import HttpClient

TIMEOUT = 5.0
MOST_CERTIFICATES = 32
MOST_FETCHES = 20
"""Certificates fetched within an hour: whoever makes up their names soon stands still."""
_HOUR = dt.timedelta(hours=1)
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{8,64}\.pem")
_TOPIC = re.compile(r"arn:(aws[a-z-]*):sns:([a-z0-9-]{2,30}):\d{12}:[A-Za-z0-9_.-]{1,260}")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
Fetch = Callable[[str], bytes]


def fetch(url: str) -> bytes:
    """The body behind an address outside. Raises the house's errors."""
    return HttpClient(url, allow_private=False).get("", timeout=TIMEOUT).body


def host_of(topic: str) -> str | None:
    """The one host that speaks for a topic; None for what is no topic."""
    found = _TOPIC.fullmatch(topic)
    if found is None:
        return None
    return f"sns.{found[2]}.amazonaws.com" + (".cn" if found[1] == "aws-cn" else "")


def _at_home(url: str, topic: str) -> bool:
    """Whether an address lies at the topic's own host: https, the usual port, nobody signed in."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and parts.netloc.lower() in {host_of(topic), f"{host_of(topic)}:443"}
        and port in {None, 443}
    )


def is_certificate(url: str, topic: str) -> bool:
    """Whether an address can be that of the certificate that signs for this topic."""
    parts = urlsplit(url) if _at_home(url, topic) else None
    return parts is not None and bool(_CERTIFICATE.fullmatch(parts.path)) and not parts.query and not parts.fragment


def is_confirmation(url: str, topic: str) -> bool:
    """Whether an address confirms a subscription to this topic and does nothing else."""
    if not _at_home(url, topic):
        return False
    parts = urlsplit(url)
    if parts.path not in {"", "/"}:
        return False
    try:
        asked = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return False
    return asked.get("Action") == ["ConfirmSubscription"] and asked.get("TopicArn") == [topic]


def signed_text(message: Mapping[str, object]) -> bytes | None:
    """What Amazon signs of a message: names and values in order, one a line; None when something is missing."""
    lines: list[str] = []
    for name in _SIGNED.get(str(message.get("Type")), ()):
        value = message.get(name)
        if value is None and name == "Subject":
            continue
        if not isinstance(value, str):
            return None
        lines += [name, value]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace") if lines else None


class Signatures:
    """Checks signatures. Keeps the certificates it fetched, a bounded number, as long as they are valid."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._known: OrderedDict[str, x509.Certificate | None] = OrderedDict()
        self._fetched: deque[dt.datetime] = deque()

    def fits(self, message: Mapping[str, object], *, now: dt.datetime) -> bool:
        """Whether Amazon signed this for its topic. Raises `OutsideError` when the certificate cannot be fetched."""
        url, topic, version = (
            str(message.get(name, "")) for name in ("SigningCertURL", "TopicArn", "SignatureVersion")
        )
        text = signed_text(message)
        if text is None or version not in {"1", "2"} or not is_certificate(url, topic):
            return False
        try:
            signature = base64.b64decode(str(message.get("Signature", "")), validate=True)
        except (binascii.Error, ValueError):
            return False
        certificate = self._certificate(url, now)
        if certificate is None or not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return False
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        try:  # version 1 is what topics have unless somebody changed it
            way = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - Amazon's own choice
            key.verify(signature, text, padding.PKCS1v15(), way)
        except InvalidSignature:
            return False
        return True

    def _certificate(self, url: str, now: dt.datetime) -> x509.Certificate | None:
        with self._lock:
            if url in self._known:
                self._known.move_to_end(url)
                return self._known[url]
            while self._fetched and self._fetched[0] < now - _HOUR:
                self._fetched.popleft()
            if len(self._fetched) >= MOST_FETCHES:
                raise RateLimited("too many certificates were asked for", after=60.0)
            self._fetched.append(now)
        found = _read_certificate(self._fetch(url))
        with self._lock:
            self._known[url] = found
            while len(self._known) > MOST_CERTIFICATES:
                self._known.popitem(last=False)
        return found


def _read_certificate(pem: bytes) -> x509.Certificate | None:
    """None for what is none, or is nobody's that signs for SNS."""
    try:
        found = x509.load_pem_x509_certificate(pem)
        names = [str(one.value) for one in found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    except ValueError:
        return None
    return found if any(re.fullmatch(r"sns(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?", name) for name in names) else None


def confirm(url: str, topic: str, fetch: Fetch) -> str:
    """Confirm a subscription. Returns why it was not, or nothing. Raises `OutsideError` for what is worth another try."""
    if not is_confirmation(url, topic):
        return "its address does not lead to Amazon SNS in the topic's own region"
    try:
        fetch(url)
    except OutsideError as error:
        if error.retry.when == "after":
            raise
        return f"Amazon refused it: {error.public}"
    return ""
