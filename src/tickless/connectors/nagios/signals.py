"""Notifications of Nagios and Icinga → alerts: the fields of our commands as a form or JSON, or the text of their mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tickless.connectors.nagios.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.fields import as_text, is_form, read_form, read_object
from tickless.sdk.monitors.nagios import facts_of, item_of

MEND = "use the commands that ship with the connector (commands.cfg or icinga2.conf): at least `host` and `state`"
_ALIASES = {
    "notificationtype": "type",
    "hostname": "host",
    "servicedesc": "service",
    "servicename": "service",
    "hostalias": "host_alias",
    "hostdisplayname": "host_alias",
    "hostaddress": "address",
    "servicestate": "state",
    "serviceoutput": "output",
    "hostoutput": "output",
    "longserviceoutput": "long_output",
    "longhostoutput": "long_output",
    "timet": "time",
    "longdatetime": "time",
    "lastservicestatechange": "since",
    "lasthoststatechange": "since",
    "laststatechange": "since",
    "notificationauthor": "author",
    "notificationauthorname": "author",
    "notificationcomment": "comment",
    "servicenotesurl": "link",
    "hostnotesurl": "link",
    "serviceproblemid": "problem",
    "hostproblemid": "problem",
    "hostgroupnames": "groups",
    "servicegroupnames": "service_groups",
    "servicecheckcommand": "command",
    "hostcheckcommand": "command",
    "serviceattempt": "attempt",
    "hostattempt": "attempt",
    "hoststate": "host_state",
}


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one notification; a form is told as JSON."""
    if is_form(payload.content_type):
        return [msgspec.json.encode(read_form(payload.body, mend=MEND))]
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one notification."""
    if raw.lstrip()[:1] == b"{":
        document = read_object(raw, what="this", mend=MEND)
        facts = _named({name: as_text(value) for name, value in document.values.items()})
    else:
        facts = _of_text(raw)
    item = item_of(facts, zone=settings.zone)
    if item is None:
        raise PayloadRejected("a notification without host or state", mend=MEND)
    return item


def _named(values: Mapping[str, str]) -> dict[str, str]:
    """By our names; macros' own names are understood as well."""
    found: dict[str, str] = {}
    for key, value in values.items():
        name = key.strip().strip("$").lower().replace(" ", "_")
        found.setdefault(_ALIASES.get(name.replace("_", "").replace(".", ""), name), value)
    if not found.get("state") and "service" not in found:
        found["state"] = found.get("host_state", "")
    return found


def _of_text(raw: bytes) -> dict[str, str]:
    """The facts in the text of a mail; a first line `Subject: …` counts as its subject."""
    text = raw[:100_000].decode("utf-8", "replace").replace("\r\n", "\n")
    first, _, rest = text.partition("\n")
    subject = first[8:] if first.lower().startswith("subject:") else first
    return facts_of(subject.strip(), rest if first.lower().startswith("subject:") else text)


RECEIVER = receiver(split=split, read=read)
