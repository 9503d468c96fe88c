"""Events of Zabbix: their facts → an item, their mail text → facts. Pure.

Facts go by the names of Zabbix's macros, in lower case and with underscores: `{EVENT.RECOVERY.ID}` → `event_recovery_id`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import msgspec

from tickless.domain.signal import Severity, SignalState
from tickless.sdk.fields import Fields, as_text, identity, plain, time_of
from tickless.sdk.monitors.nagios import moment
from tickless.sdk.receiving import Item

UNFILLED = re.compile(r"\{[$#?]?[A-Z][A-Z0-9_.]*([:<>(\[][^}]*)?\}|\*UNKNOWN\*|\*UNDEFINED\*")
"""A macro that this event does not know stays as it was written."""
_SEVERITIES: dict[str, Severity] = {
    "0": "info", "1": "info", "2": "warning", "3": "error", "4": "error", "5": "critical",
    "not classified": "info", "information": "info", "warning": "warning", "average": "error", "high": "error",
    "disaster": "critical",
}  # fmt: skip
_FACT = re.compile(
    r"^(Problem name|Host|Severity|Operational data|Original problem ID|Problem duration):[ \t]*(.*)$", re.M
)
_STARTED = re.compile(r"^Problem started at (\d\d:\d\d:\d\d) on (\d{4}\.\d\d\.\d\d)", re.M)
_ENDED = re.compile(r"^Problem has been resolved (?:at|in .{1,60} at) (\d\d:\d\d:\d\d) on (\d{4}\.\d\d\.\d\d)", re.M)
_TOLD = frozenset({
    "event_id", "event_value", "event_name", "event_date", "event_time", "event_timestamp", "event_recovery_id", "event_tags",
    "event_recovery_date", "event_recovery_time", "event_recovery_timestamp", "event_update_date", "event_update_time",
    "event_update_timestamp", "event_update_message", "event_nseverity", "event_tagsjson", "trigger_description",
    "alert_message", "trigger_url", "zabbix_url",
})  # fmt: skip


def item_of(facts: Mapping[str, str], *, zone: str = "UTC") -> Item | None:
    """The item of an event; None without its id."""
    found = {
        name: said for name, value in facts.items() if (said := plain(value).strip()) and not UNFILLED.fullmatch(said)
    }
    event = found.get("event_id", "")
    if not event:
        return None
    state, happened = _state(found)
    tags = _tags(found.get("event_tagsjson") or found.get("event_tags", ""))
    name = found.get("event_name") or found.get("trigger_name") or found.get("alert_subject") or f"event {event}"
    described = found.get("trigger_description", "")
    return Item(
        fingerprint=identity("zabbix", event),
        title=name,
        state=state,
        event_key=_key(event, happened, found),
        severity=_SEVERITIES.get((found.get("event_nseverity") or found.get("event_severity", "")).lower()),
        body="\n".join(part for part in (found.get("event_opdata"), described, _remark(found, described)) if part),
        labels=_labels(found, tags, name),
        link=_link(found),
        occurred_at=_when(found, happened, zone),
    )


def _state(found: Mapping[str, str]) -> tuple[SignalState, str]:
    """(state, which of the event's times counts). An update or a discovery only informs."""
    if found.get("event_update_status") == "1":
        return "info", "update"
    if found.get("event_source", "0") not in {"0", "3", "4"}:
        return "info", ""
    value = found.get("event_value", "")
    if value in {"0", "OK", "RESOLVED"}:
        return "resolved", "recovery"
    return ("firing", "") if value in {"1", "PROBLEM"} else ("info", "")


def _key(event: str, happened: str, found: Mapping[str, str]) -> str:
    """Zabbix's own id of what happened; of an update its time, for it has no id."""
    if happened == "recovery":
        return f"{event}/recovery/{found.get('event_recovery_id', '')}"
    if happened == "update":
        stamp = found.get("event_update_timestamp") or found.get("event_update_date", "") + found.get(
            "event_update_time", ""
        )
        return identity(event, "update", stamp, found.get("event_update_action", ""))
    return f"{event}/problem" if found.get("event_value") in {"1", "PROBLEM"} else event


def _when(found: Mapping[str, str], happened: str, zone: str) -> dt.datetime | None:
    """The time of what happened; else that of the event itself, where it is not the end that counts."""
    for part in [f"{happened}_"] if happened else [""]:
        stamp = time_of(found.get(f"event_{part}timestamp", ""))
        date, clock = found.get(f"event_{part}date", ""), found.get(f"event_{part}time", "")
        told = stamp or moment(f"{date} {clock}" if date and clock else "", zone=zone)
        if told:
            return told
    return None


def _tags(text: str) -> dict[str, str]:
    """`[{"tag": "service", "value": "shop"}]`, or `service:shop, team:web`."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pairs = [one.strip().partition(":") for one in text.split(",")]
        return {name: value or "yes" for name, _, value in pairs[:100] if name}
    if isinstance(found, dict):
        return {plain(name): said for name, value in found.items() if (said := as_text(value)[:1_000])}
    listed = [Fields(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {name: one.text("value") or "yes" for one in listed[:100] if (name := one.text("tag"))}


def _labels(found: Mapping[str, str], tags: Mapping[str, str], name: str) -> dict[str, str]:
    named = {
        "alertname": found.get("trigger_name") or name,
        "host": found.get("host_host") or found.get("host_name", ""),
        "monitor": "zabbix",
    }
    more = {key: said[:1_000] for key, said in found.items() if key not in _TOLD}
    return {**more, **tags, **{key: said for key, said in named.items() if said}}


def _remark(found: Mapping[str, str], described: str) -> str:
    """What somebody wrote about it."""
    said = found.get("event_update_message", "")
    who = found.get("user_fullname", "")
    return (f"{who}: {said}" if who else said) if said and said != described else ""


def _link(found: Mapping[str, str]) -> str | None:
    base, event, trigger = (found.get(name, "") for name in ("zabbix_url", "event_id", "trigger_id"))
    if base.startswith(("http://", "https://")) and trigger:
        return f"{base.rstrip('/')}/tr_events.php?triggerid={trigger}&eventid={event}"
    return found.get("trigger_url")


def facts_of(subject: str, body: str) -> dict[str, str]:
    """The facts in a mail as Zabbix writes it by default; nothing where it is none."""
    told = {line[1]: line[2].strip() for line in _FACT.finditer(body[:50_000])}
    if not told.get("Problem name") or not told.get("Original problem ID"):
        return {}
    facts = {
        "event_id": told["Original problem ID"],
        "event_name": told["Problem name"],
        "host_name": told.get("Host", ""),
        "event_severity": told.get("Severity", ""),
        "event_opdata": told.get("Operational data", ""),
        "event_duration": told.get("Problem duration", ""),
        "alert_subject": subject,
    }
    ended, started = _ENDED.search(body[:50_000]), _STARTED.search(body[:50_000])
    if ended:
        return {**facts, "event_value": "0", "event_recovery_date": ended[2], "event_recovery_time": ended[1]}
    if started:
        return {**facts, "event_value": "1", "event_date": started[2], "event_time": started[1]}
    return {**facts, "event_value": "0" if subject.lower().startswith("resolved") else "1"}
