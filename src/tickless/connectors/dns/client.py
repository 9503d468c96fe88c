"""One name server: asking it for its own answer, and signed updates (RFC 2136, RFC 8945), over TCP."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update

from tickless.connectors.dns.settings import Settings
from tickless.domain.errors import AuthFailed, OutsideError, Rejected, SettingsInvalid, Unreachable
from tickless.sdk import Call
from tickless.sdk.capabilities.dns import RecordType
from tickless.sdk.deadline import Deadline
from tickless.sdk.egress import reach

_REFUSED = frozenset({dns.rcode.REFUSED, dns.rcode.NOTAUTH})
_BUSY = frozenset({dns.rcode.SERVFAIL})


@dataclass(frozen=True)
class Records:
    """What stands under a name for one type, in order; no values: nothing does."""

    ttl: int = 0
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameServer:
    """The primary of the settings' zones. Methods raise `OutsideError`."""

    settings: Settings
    deadline: Deadline
    keyring: dict[dns.name.Name, dns.tsig.Key]

    def zone_of(self, name: str) -> str:
        """The zone of the settings that a name is in. Raises `Rejected` when there is none."""
        asked = _name(name)
        found = [zone for zone in self.settings.zones if asked.is_subdomain(_name(zone))]
        if not found:
            raise Rejected("that name is in none of the zones", detail=f"name {name!r}"[:200])
        return max(found, key=len)

    def may_change(self, name: str, kind: RecordType) -> None:
        """Raises `Rejected` unless the settings let this very name and type be changed: default deny."""
        zone = self.zone_of(name)
        rules = self.settings.zones[zone]
        relative = _name(name).relativize(_name(zone)).to_text().lower()
        if kind not in rules.types or not any(fnmatch.fnmatchcase(relative, one.lower()) for one in rules.names):
            raise Rejected(
                "that record may not be changed",
                detail=f"{relative} {kind} of {zone}"[:200],
                mend="see `names` and `types`",
            )

    def ask(self, name: str, kind: RecordType) -> Records:
        """The server's own records."""
        self.zone_of(name)
        query = dns.message.make_query(_name(name), kind)
        query.flags &= ~dns.flags.RD
        answer = self._send(query)
        if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            raise _translate(answer.rcode())
        found = answer.get_rrset(answer.answer, _name(name), dns.rdataclass.IN, dns.rdatatype.from_text(kind))
        return Records(found.ttl, tuple(sorted(one.to_text() for one in found))) if found is not None else Records()

    def replace(self, name: str, kind: RecordType, values: Sequence[str], *, ttl: int, seen: Records) -> None:
        """These values instead of what stands there, if what stands there is still what was seen; none: take them away."""
        update = dns.update.UpdateMessage(
            _name(self.zone_of(name)),
            keyring=self.keyring,
            keyname=_name(self.settings.key_name),
            keyalgorithm=self.settings.algorithm,
        )
        target = _name(name)
        try:
            if seen.values:
                update.present(target, kind, *seen.values)
            else:
                update.absent(target, kind)
            update.delete(target, kind)
            if values:
                update.add(target, ttl, kind, *values)
        except (dns.exception.DNSException, ValueError) as error:
            raise Rejected("that is no value of this type", detail=f"{kind} {list(values)}: {error}"[:300]) from None
        answer = self._send(update)
        if answer.rcode() in {dns.rcode.NXRRSET, dns.rcode.YXRRSET}:
            raise Rejected("somebody changed the record meanwhile", mend="look again, then decide anew")
        if answer.rcode() != dns.rcode.NOERROR:
            raise _translate(answer.rcode())

    def _send(self, message: dns.message.Message) -> dns.message.Message:
        reach(self.settings.server, self.settings.port)
        with _translated():
            return dns.query.tcp(message, self.settings.server, timeout=self.deadline.left(), port=self.settings.port)


def connect(call: Call) -> NameServer:
    """The name server of the call's settings."""
    settings: Settings = call.settings
    try:
        keyring = dns.tsigkeyring.from_text({settings.key_name: (settings.algorithm, call.secret(settings.secret))})
    except (ValueError, dns.exception.DNSException):
        raise SettingsInvalid(
            "the key of updates is no base64", mend="use the secret as `tsig-keygen` writes it"
        ) from None
    return NameServer(settings, Deadline.within(call.timeout, who="the name server"), keyring)


def _name(text: str) -> dns.name.Name:
    try:
        return dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError):
        raise Rejected("that is no name", detail=repr(text)[:200]) from None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadTime) as error:
        raise AuthFailed("the name server refused our key", detail=type(error).__name__) from None
    except (dns.exception.Timeout, OSError, EOFError) as error:
        raise Unreachable("the name server did not answer", detail=type(error).__name__) from None
    except dns.exception.DNSException as error:
        raise Rejected("the name server answered something odd", detail=type(error).__name__) from None


def _translate(code: int) -> OutsideError:
    word = dns.rcode.to_text(dns.rcode.Rcode.make(code))
    if code in _REFUSED:
        return AuthFailed("the name server refused us", detail=word, mend="let the key update this zone")
    if code in _BUSY:
        return Unreachable("the name server failed", detail=word)
    return Rejected("the name server rejected the request", detail=word)
