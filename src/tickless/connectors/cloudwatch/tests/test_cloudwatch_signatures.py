"""Whom CloudWatch's receiver believes, where it fetches, and what a subscription becomes."""

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.cloudwatch.client import MOST_FETCHES, is_certificate, is_confirmation, signed_text
from tickless.connectors.cloudwatch.settings import Settings
from tickless.connectors.cloudwatch.signals import receiver_with
from tickless.domain.errors import PayloadRejected, RateLimited, Rejected, Unreachable
from tickless.domain.signal import Payload

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f"
SETTINGS = Settings(topics=(TOPIC,))
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def certificate(name: str = "sns.amazonaws.com", *, days: int = 30) -> bytes:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(KEY.public_key())
    made = made.serial_number(7).not_valid_before(NOW - dt.timedelta(days=60))
    signed = made.not_valid_after(NOW + dt.timedelta(days=days)).sign(KEY, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


class Amazon:
    """What lies at Amazon, and what was asked for."""

    def __init__(self, **pages: bytes | Exception) -> None:
        self.pages: dict[str, bytes | Exception] = {CERTIFICATE: certificate(), CONFIRM: b"<ok/>", **pages}
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        found = self.pages.get(url, Rejected("nothing there"))
        if isinstance(found, Exception):
            raise found
        return found


def message(**fields: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps({"AlarmName": "x", "NewStateValue": "ALARM"}),
        "Timestamp": "2026-03-02T09:29:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        **fields,
    }


def signed(found: dict[str, Any]) -> dict[str, Any]:
    way = hashes.SHA256() if found["SignatureVersion"] == "2" else hashes.SHA1()
    text = signed_text(found)
    assert text is not None
    return {**found, "Signature": base64.b64encode(KEY.sign(text, padding.PKCS1v15(), way)).decode()}


def payload(body: Any, headers: dict[str, str] | None = None) -> Payload:
    data = json.dumps(body).encode()
    return Payload(source="aws", received_at=NOW, content_type="text/plain", headers=headers or {}, body=data)


def welcome(amazon: Amazon, body: Any, settings: Settings = SETTINGS, headers: dict[str, str] | None = None) -> bool:
    authenticate = receiver_with(amazon.fetch).authenticate
    assert authenticate is not None
    return authenticate(payload(body, headers), settings, {"env:KEY": "open-sesame-4711"}.__getitem__)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": "ALARM"}])
def test_what_amazon_signed_for_our_topic_comes_in(version: str, subject: dict[str, str]) -> None:
    assert welcome(Amazon(), signed(message(SignatureVersion=version, **subject)))


@pytest.mark.parametrize("name", ["Message", "MessageId", "TopicArn", "Timestamp", "Type", "Subject"])
def test_nothing_that_is_signed_can_be_changed(name: str) -> None:
    found = {**signed(message(Subject="s")), name: "2026-03-02T09:28:00.000Z"}
    assert not welcome(Amazon(), found, Settings(topics=("arn:aws:sns:eu-west-1:123456789012:*",)))


def test_a_good_signature_of_somebody_elses_topic_stays_outside_and_fetches_nothing() -> None:
    amazon = Amazon()
    assert not welcome(amazon, signed(message(TopicArn="arn:aws:sns:eu-west-1:999999999999:alarms")))
    assert amazon.asked == []


@pytest.mark.parametrize("sent", ["2026-03-02T07:29:00Z", "2026-03-02T09:36:00Z", "yesterday"])
def test_old_messages_and_those_from_the_future_stay_outside(sent: str) -> None:
    assert not welcome(Amazon(), signed(message(Timestamp=sent)))


@pytest.mark.parametrize(
    "made",
    [lambda: certificate("sns.example.com"), lambda: certificate(days=-1), lambda: b"no certificate"],
)
def test_a_certificate_of_another_name_or_time_signs_nothing(made: Callable[[], bytes]) -> None:
    amazon = Amazon()
    amazon.pages[CERTIFICATE] = made()
    assert not welcome(amazon, signed(message()))


HOSTILE = [
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "https://evil.example/SimpleNotificationService-0123456789abcdef.pem?sns.eu-west-1.amazonaws.com",
    "https://evil.example#@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/x/../SimpleNotificationService-0123456789abcdef.pem",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[",
    "",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_nothing_is_fetched_but_from_the_topics_own_region(url: str) -> None:
    amazon = Amazon()
    assert not is_certificate(url, TOPIC)
    assert not is_confirmation(f"{url}?Action=ConfirmSubscription&TopicArn={TOPIC}", TOPIC)
    assert not welcome(amazon, signed(message(SigningCertURL=url)))
    assert amazon.asked == []


@given(st.text())
def test_no_text_is_taken_for_an_address_by_accident(url: str) -> None:
    assert not is_certificate(url, TOPIC)
    assert not is_confirmation(url, TOPIC)


def test_a_certificate_is_fetched_once_and_made_up_names_soon_stand_still() -> None:
    amazon = Amazon()
    authenticate = receiver_with(amazon.fetch).authenticate
    assert authenticate is not None
    for _ in range(3):
        assert authenticate(payload(signed(message())), SETTINGS, str)
    assert amazon.asked == [CERTIFICATE]
    made_up = [f"{HOST}/SimpleNotificationService-{number:032x}.pem" for number in range(MOST_FETCHES)]
    amazon.pages |= dict.fromkeys(made_up, b"-")
    for url in made_up[1:]:
        assert not authenticate(payload(signed(message(SigningCertURL=url))), SETTINGS, str)
    with pytest.raises(RateLimited):
        authenticate(payload(signed(message(SigningCertURL=made_up[0]))), SETTINGS, str)
    assert len(amazon.asked) == MOST_FETCHES


def test_when_amazon_cannot_be_reached_it_is_asked_to_send_again() -> None:
    amazon = Amazon()
    amazon.pages[CERTIFICATE] = Unreachable("gone")
    with pytest.raises(Unreachable):
        welcome(amazon, signed(message()))


@pytest.mark.parametrize(
    ("headers", "inside"),
    [
        ({"x-api-key": "open-sesame-4711"}, True),
        ({"authorization": "Bearer open-sesame-4711"}, True),
        ({"authorization": "Basic " + base64.b64encode(b"aws:open-sesame-4711").decode()}, True),
        ({"authorization": "Basic ???"}, False),
        ({"x-api-key": "open-sesame"}, False),
        ({}, False),
    ],
)
def test_what_is_not_signed_needs_our_key(headers: dict[str, str], inside: bool) -> None:
    event = {"detail-type": "CloudWatch Alarm State Change", "detail": {}}
    assert welcome(Amazon(), event, Settings(key="env:KEY"), headers) is inside
    assert not welcome(Amazon(), event, SETTINGS, headers)


def subscription(amazon: Amazon, settings: Settings = SETTINGS, **fields: Any) -> Payload:
    found = message(**{"Type": "SubscriptionConfirmation", "Token": "2336412f", "SubscribeURL": CONFIRM, **fields})
    complete = receiver_with(amazon.fetch).complete
    assert complete is not None
    return complete(payload(signed(found)), settings, str)


def test_a_subscription_to_our_topic_is_confirmed_and_said() -> None:
    amazon = Amazon()
    completed = subscription(amazon)
    item = receiver_with(amazon.fetch).read(completed.body, completed, SETTINGS)
    assert (item.state, item.title) == ("resolved", "The topic alarms sends here now")
    assert amazon.asked == [CONFIRM]


def test_a_confirmation_that_leads_astray_is_put_aside_unvisited() -> None:
    amazon = Amazon()
    completed = subscription(amazon, SubscribeURL="https://127.0.0.1/?Action=ConfirmSubscription")
    with pytest.raises(PayloadRejected, match="does not lead to Amazon SNS"):
        receiver_with(amazon.fetch).read(completed.body, completed, SETTINGS)
    assert amazon.asked == []


def test_a_confirmation_that_fails_is_tried_again_and_one_that_is_refused_is_told() -> None:
    amazon = Amazon()
    amazon.pages[CONFIRM] = Unreachable("gone")
    with pytest.raises(Unreachable):
        subscription(amazon)
    amazon.pages[CONFIRM] = Rejected("the token is over")
    completed = subscription(amazon)
    with pytest.raises(PayloadRejected, match="the token is over"):
        receiver_with(amazon.fetch).read(completed.body, completed, SETTINGS)


def test_who_wants_to_confirm_by_hand_gets_the_link() -> None:
    amazon = Amazon()
    settings = Settings(topics=(TOPIC,), confirm=False)
    completed = subscription(amazon, settings)
    item = receiver_with(amazon.fetch).read(completed.body, completed, settings)
    assert (item.state, item.link, amazon.asked) == ("info", CONFIRM, [])
