"""CloudWatch alarms → alerts: over SNS (signed), as EventBridge's events, or as the bare alarm. Reading is pure.

What may wait for Amazon (a certificate, confirming a subscription) happens in `authenticate` and `complete`, before
anything is read.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Callable, Mapping, Sequence

import msgspec

from tickless.connectors.cloudwatch import client
from tickless.connectors.cloudwatch.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, identity, read_object, time_of
from tickless.sdk.receiving import Receiver

MEND = "send CloudWatch alarms by Amazon SNS (HTTPS subscription), or EventBridge's `CloudWatch Alarm State Change`"
CONFIRMED = "x-tickless-confirmed"
"""Set by `complete`: `yes`, or why a subscription was not confirmed. No door takes this header from outside."""
_AHEAD = dt.timedelta(minutes=5)
_STATES: dict[str, SignalState] = {"ALARM": "firing", "OK": "resolved"}
_SERVICES = ("ServiceName", "FunctionName", "ApiName", "StateMachineArn", "QueueName", "ClusterName")
_INSTANCES = (
    "InstanceId",
    "DBInstanceIdentifier",
    "CacheClusterId",
    "LoadBalancer",
    "TableName",
    "VolumeId",
    "Host",
    "host",
)
_NOT_LABELS = frozenset({"AlarmName", "NewStateValue", "NewStateReason", "AlarmDescription", "StateChangeTime", "Trigger",
                         "AlarmArn", "AWSAccountId"})  # fmt: skip


def receiver_with(fetch: client.Fetch) -> Receiver:
    """The receiver, over a way to fetch what lies at Amazon."""
    signatures = client.Signatures(fetch)

    def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
        """A message of SNS: signed, of one of our topics, and not old. Anything else: with our key."""
        try:
            message = read_object(payload.body, what="this", mend=MEND)
        except PayloadRejected:
            message = Fields({})
        if not message.text("SigningCertURL", "SignatureVersion"):
            return bool(settings.key) and _knows(payload.headers, reveal(settings.key))
        if not settings.believes(message.text("TopicArn")):
            return False
        sent = message.time("Timestamp")
        if sent is None or not _fresh(sent, payload.received_at, settings):
            return False
        return signatures.fits(message.values, now=payload.received_at)

    def complete(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> Payload:
        """Confirms a subscription. Raises `OutsideError` when Amazon should send it again."""
        try:
            message = read_object(payload.body, what="this", mend=MEND)
        except PayloadRejected:
            return payload
        topic = message.text("TopicArn")
        if message.text("Type") != "SubscriptionConfirmation" or not settings.confirm or not settings.believes(topic):
            return payload
        said = client.confirm(message.text("SubscribeURL"), topic, fetch) or "yes"
        return payload.model_copy(update={"headers": {**payload.headers, CONFIRMED: said}})

    return receiver(split=split, read=read, authenticate=authenticate, complete=complete)


def _fresh(sent: dt.datetime, now: dt.datetime, settings: Settings) -> bool:
    return now - dt.timedelta(minutes=settings.longest_age_minutes) <= sent <= now + _AHEAD


def _knows(headers: Mapping[str, str], key: str) -> bool:
    """Whether the sender knows our key, in one of the ways in which Amazon can send one."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode("utf-8", "replace").partition(":")[2]
        except (binascii.Error, ValueError):
            given = ""
    told = headers.get("x-api-key") or given
    return bool(key) and hmac.compare_digest(told.encode("utf-8", "replace"), key.encode())


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one message."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one message."""
    message = read_object(raw, what="this", mend=MEND)
    kind = message.text("Type")
    if kind and "TopicArn" in message:
        return _of_sns(message, kind, payload, settings)
    if "AlarmName" in message:
        return _alarm(message, topic="", settings=settings)
    if "detail-type" in message and "detail" in message:
        return _event(message, settings)
    raise PayloadRejected("this is neither a message of SNS nor an event of EventBridge", mend=MEND)


def _of_sns(message: Fields, kind: str, payload: Payload, settings: Settings) -> Item:
    topic = message.text("TopicArn")
    if kind in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        return _subscription(message, kind, payload.headers.get(CONFIRMED, ""))
    inner = _inner(message.text("Message"))
    if "AlarmName" in inner:
        return _alarm(inner, topic=topic, settings=settings)
    if "detail-type" in inner and "detail" in inner:
        return _event(inner, settings)
    if not topic or not message.text("Message"):
        raise PayloadRejected("a message of SNS without topic or message", mend=MEND)
    text = message.text("Message")
    return Item(
        fingerprint=identity(topic, message.text("Subject", "MessageId")),
        title=message.text("Subject") or text.split("\n", maxsplit=1)[0][:200],
        state="info",
        event_key=message.text("MessageId"),
        body=text[:20_000],
        labels={"topic": topic},
        occurred_at=message.time("Timestamp"),
    )


def _inner(text: str) -> Fields:
    """The message inside, if it is an object."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Fields({})
    return Fields(found if isinstance(found, dict) else {})


def _subscription(message: Fields, kind: str, confirmed: str) -> Item:
    """A topic begins or ceases to send here. One that ceases is trouble: from then on it is silent."""
    topic, left = message.text("TopicArn"), kind == "UnsubscribeConfirmation"
    if not left and confirmed not in {"", "yes"}:
        raise PayloadRejected(
            f"the subscription to {topic} was not confirmed: {confirmed}", mend="subscribe again in SNS"
        )
    waits = not left and not confirmed
    told = (
        "no longer sends here" if left else "waits for you to confirm its subscription" if waits else "sends here now"
    )
    return Item(
        fingerprint=identity("subscription", topic),
        title=f"The topic {topic.rpartition(':')[2] or 'without a name'} {told}",
        state="firing" if left else "info" if waits else "resolved",
        event_key=message.text("MessageId"),
        severity="error" if left else "info",
        body=message.text("Message"),
        labels={"alertname": "SubscriptionEnded" if left else "Subscription", "topic": topic},
        link=message.text("SubscribeURL") or None if waits else None,
        occurred_at=message.time("Timestamp"),
    )


def _alarm(alarm: Fields, *, topic: str, settings: Settings) -> Item:
    """The alarm as CloudWatch tells it to SNS."""
    name, value = alarm.text("AlarmName"), alarm.text("NewStateValue")
    if not name or not value:
        raise PayloadRejected("an alarm without name or state", mend=MEND)
    arn = alarm.text("AlarmArn") or _arn(topic, alarm.text("AWSAccountId"), name)
    trigger = alarm.part("Trigger")
    dimensions = {one.text("name", "Name"): one.text("value", "Value") for one in _dimensions(trigger)}
    labels = {
        **alarm.labels(but=_NOT_LABELS),
        **trigger.labels(prefix="trigger.", but={"Dimensions", "Metrics"}),
        **_named(name, arn, dimensions),
    }
    return Item(
        fingerprint=identity(arn),
        title=name,
        state=_state(value, settings),
        severity=_severity(value, settings),
        body="\n".join(part for part in (alarm.text("AlarmDescription"), alarm.text("NewStateReason")) if part),
        labels=labels,
        occurred_at=alarm.time("StateChangeTime"),
    )


def _dimensions(trigger: Fields) -> list[Fields]:
    """Those of its metric; of an expression over metrics those of the first that has any."""
    own = trigger.parts("Dimensions")
    inner = (one.part("MetricStat", "Metric").parts("Dimensions") for one in trigger.parts("Metrics"))
    return own or next((found for found in inner if found), [])


def _event(event: Fields, settings: Settings) -> Item:
    """An event of EventBridge: an alarm's change of state; anything else only informs."""
    detail, about = event.part("detail"), event.text("detail-type")
    state, name = detail.part("state"), detail.text("alarmName")
    resource = next(iter(event.texts("resources")), "")
    if about != "CloudWatch Alarm State Change":
        return Item(
            fingerprint=identity(event.text("source"), about, resource) or "event",
            title=" ".join(part for part in (about or "an event", resource.rpartition(":")[2]) if part),
            state="info",
            event_key=event.text("id"),
            labels={**event.labels(but={"detail", "id", "time", "version"}), **detail.labels(prefix="detail.")},
            occurred_at=event.time("time"),
        )
    value = state.text("value")
    if not name or not value:
        raise PayloadRejected("an alarm without name or state", mend=MEND)
    arn = resource or f"arn:aws:cloudwatch:{event.text('region')}:{event.text('account')}:alarm:{name}"
    metrics = detail.part("configuration").parts("metrics")
    metric = next((found for one in metrics if (found := one.part("metricStat", "metric"))), Fields({}))
    dimensions = {key: Fields(metric.part("dimensions").values).text(key) for key in metric.part("dimensions").values}
    return Item(
        fingerprint=identity(arn),
        title=name,
        state=_state(value, settings),
        severity=_severity(value, settings),
        body="\n".join(
            part for part in (detail.part("configuration").text("description"), state.text("reason")) if part
        ),
        labels={
            **detail.labels(but={"alarmName", "state", "configuration", "previousState"}),
            **metric.labels(prefix="trigger.", but={"dimensions"}),
            **_named(name, arn, dimensions),
        },
        occurred_at=time_of(state.text("timestamp")) or event.time("time"),
    )


def _named(name: str, arn: str, dimensions: Mapping[str, str]) -> dict[str, str]:
    """Labels by the names that are looked for everywhere."""
    parts = arn.split(":")
    region, account = (parts[3], parts[4]) if len(parts) > 5 else ("", "")
    found = {
        "alertname": name,
        "region": region,
        "account": account,
        "service": next((dimensions[each] for each in _SERVICES if dimensions.get(each)), ""),
        "instance": next((dimensions[each] for each in _INSTANCES if dimensions.get(each)), ""),
        **{f"dimension.{key}": value for key, value in dimensions.items() if key},
    }
    return {key: value for key, value in found.items() if value}


def _arn(topic: str, account: str, name: str) -> str:
    """The alarm's own name, made of the topic's region when the alarm does not say it."""
    parts = topic.split(":")
    partition, region, owner = (parts[1], parts[3], parts[4]) if len(parts) > 5 else ("aws", "", "")
    return f"arn:{partition}:cloudwatch:{region}:{account or owner}:alarm:{name}"


def _state(value: str, settings: Settings) -> SignalState:
    return _STATES.get(value.upper(), settings.insufficient_data if value.upper() == "INSUFFICIENT_DATA" else "info")


def _severity(value: str, settings: Settings) -> Severity | None:
    return settings.severity if value.upper() == "ALARM" else None


RECEIVER = receiver_with(client.fetch)
