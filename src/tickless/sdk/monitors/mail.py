"""An alert mail → an item: what Nagios, Icinga and Zabbix write, and what other monitors put into their subjects. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import msgspec

from tickless.domain.signal import Severity, SignalState
from tickless.sdk.fields import identity, plain
from tickless.sdk.monitors import nagios, zabbix
from tickless.sdk.receiving import Item

_BEGUN = (
    "firing|problem|alert(?:ing)?|alarm|triggered|critical|warning|warn|error|fail(?:ed|ure|ing)?|down|unreachable|"
    "offline|outage|disaster|major|minor|high|no data|degraded|not responding"
)
_OVER = (
    "resolved|recovered|recovery|ok|okay|up|cleared?|normal|closed|fixed|online|restored|back to normal|back up|back online|"
    "succeeded|success(?:ful)?"
)
_WORD = rf"(?P<over>{_OVER})|(?P<begun>{_BEGUN})"
_BRACKET = re.compile(rf"^\W*[\[(<*]+\s*(?:{_WORD})\b(?:[:\s]*\d+)?[^\])>*]{{0,60}}[\])>*]+\W*", re.IGNORECASE)
_LEADING = re.compile(rf"^\W*(?:(?:the )?(?:monitor|check|site|service|host|status)\s+(?:is\s+)?)?(?:{_WORD})"
                      rf"(?:\s+(?:alert|notification|in\s[\w .]{{1,40}}))?\s*[:|–—-]+\s*", re.IGNORECASE)  # fmt: skip
_TRAILING = re.compile(
    rf"(?:\s+|[:|–—-]\s*)(?:(?:is|are|has|was|went|now|been|status|state)\s+)*(?:{_WORD})\s*[!.)\]]*$", re.IGNORECASE
)
_SEVERITIES: tuple[tuple[re.Pattern[str], Severity], ...] = (
    (re.compile(r"\b(critical|disaster|fatal|emergency|down|outage|p1|sev-?1)\b", re.IGNORECASE), "critical"),
    (re.compile(r"\b(warning|warn|minor|p3|sev-?3)\b", re.IGNORECASE), "warning"),
    (re.compile(r"\b(info|notice)\b", re.IGNORECASE), "info"),
)
_UNSAID: Severity = "error"
_NOISE = re.compile(
    r"\b\d{1,2}:\d{2}(:\d{2})?\b|\b\d{4}-\d{2}-\d{2}\b|\(\d+ (active|resolved|firing)\)|#\d+", re.IGNORECASE
)


@dataclass(frozen=True)
class Mail:
    """A mail as far as it concerns us: its words, its time, its own id, and who sent it."""

    subject: str
    body: str
    identity: str
    sender: str
    sent_at: dt.datetime | None = None


def read_alert(mail: Mail, *, zone: str = "UTC") -> Item:
    """The alert in a mail of a monitor. What says neither that it began nor that it is over only informs."""
    found = nagios.item_of(nagios.facts_of(mail.subject, mail.body), zone=zone)
    found = found or zabbix.item_of(zabbix.facts_of(mail.subject, mail.body), zone=zone) or _by_subject(mail)
    return msgspec.structs.replace(
        found,
        event_key=identity("mail", mail.identity),
        occurred_at=found.occurred_at or mail.sent_at,
        labels={**(found.labels or {}), "channel": "email", "sender": mail.sender},
    )


def _by_subject(mail: Mail) -> Item:
    subject = plain(" ".join(mail.subject.split()))[:500]
    state, about = _reading(subject)
    graded: list[Severity] = [severity for pattern, severity in _SEVERITIES if pattern.search(subject)]
    return Item(
        fingerprint=identity("mail", mail.sender, _same(about) or "no-subject"),
        title=subject or "an alert mail without a subject",
        state=state,
        severity=(graded or [_UNSAID])[0] if state == "firing" else None,
        body=plain(mail.body)[:20_000],
        labels={"alertname": about or "alert mail", "monitor": mail.sender.partition("@")[2]},
    )


def _reading(subject: str) -> tuple[SignalState, str]:
    """(state, what it is about): the subject without the words that say whether it began or is over."""
    for pattern in (_BRACKET, _LEADING, _TRAILING):
        found = pattern.search(subject)
        if found is None:
            continue
        about = (subject[: found.start()] + " " + subject[found.end() :]).strip(" -–—:|*!")
        state: SignalState = "resolved" if found["over"] else "firing"
        again = _TRAILING.search(about)  # `[OK] shop is up` is about the same as `[ALERT] shop is down`
        return state, (about[: again.start()].strip(" -–—:|*!") or about) if again else about
    return "info", subject


def _same(about: str) -> str:
    """What does not change between a trouble and its end: no times, dates or counts."""
    return " ".join(_NOISE.sub(" ", about).casefold().split())
