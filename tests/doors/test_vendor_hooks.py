"""Every monitor's own payloads, and what is near them, through the real door: taken or put aside, never an error of ours."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.doors.receiving import Receiving

from tickless.connectors.cloudwatch.signals import receiver_with
from tickless.domain.errors import Unreachable
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.hooks import create_routes
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.sdk.registry import Registry, connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing.fixtures import Fixture, fixtures_of
from tickless.sdk.testing.parsing import mutations
from tickless.stages.sense.service import SenseRoom

VENDORS = ("cloudwatch", "azure", "gcp", "datadog", "zabbix", "nagios", "sentry", "newrelic", "syslog")
SECRET = "vendor-secret-4711-very-long"
SETTINGS: dict[str, dict[str, Any]] = {"cloudwatch": {"key": "env:VENDOR"}, "sentry": {"client_secret": "env:VENDOR"}}
CONNECTORS = {folder.name: load_connector(folder) for folder in connector_folders() if folder.name in VENDORS}
EVERY = [(name, fixture) for name in VENDORS for fixture in fixtures_of(CONNECTORS[name])]


@dataclass
class Site:
    client: TestClient
    journal: Journal
    tokens: dict[str, str]

    def post(self, vendor: str, body: bytes, fixture: Fixture) -> Any:
        kept = {
            name: value for name, value in fixture.payload.headers.items() if value.isascii() and value.isprintable()
        }
        headers = {**kept, "content-type": fixture.payload.content_type, **self.proof(vendor, body)}
        return self.client.post(f"/hooks/{vendor}", content=body, headers=headers)

    def aside(self) -> int:
        return sum(self.journal.signals.waiting_by_source().values())

    def proof(self, vendor: str, body: bytes) -> dict[str, str]:
        if vendor == "sentry":
            return {"sentry-hook-signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
        if vendor == "cloudwatch":
            return {"x-api-key": SECRET}
        return {"authorization": f"Bearer {self.tokens[vendor]}"}


@pytest.fixture
def site(journal: Journal, clock: ManualClock, entrance: Entrance) -> Iterator[Site]:
    secrets = Secrets({"VENDOR": SECRET})
    registry = Registry(
        {name: make_instance(name, CONNECTORS[name], SETTINGS.get(name, {}), secrets) for name in VENDORS}, {}
    )
    room = SenseRoom(journal=journal, registry=registry, wake=lambda: None)
    robot = entrance.create_user("robot", roles=["operator"])
    tokens = {
        name: entrance.create_token(name, user=robot, scopes=["signals:write"], source=name).token for name in VENDORS
    }
    app = Starlette(
        routes=create_routes(Receiving(journal, clock, room), entrance),  # type: ignore[arg-type]
        middleware=standard_middleware(entrance.settings),
    )
    with TestClient(app, base_url="http://localhost", client=("192.0.2.7", 5000)) as client:
        yield Site(client, journal, tokens)


def unsigned(fixture: Fixture) -> bytes:
    """SNS signs its envelopes; ours come with the key instead, so the certificate's address is taken out."""
    return fixture.payload.body.replace(b"SigningCertURL", b"NoCertURL").replace(b"SignatureVersion", b"NoVersion")


@pytest.mark.parametrize(("vendor", "fixture"), EVERY, ids=[f"{name}-{fixture.name}" for name, fixture in EVERY])
def test_a_payload_is_taken_once_or_put_aside_with_its_reason(site: Site, vendor: str, fixture: Fixture) -> None:
    if vendor == "syslog" and fixture.name == "batch":
        fixture = replace(fixture, payload=fixture.payload.model_copy(update={"content_type": "text/plain"}))
    body = unsigned(fixture)
    first, before = site.post(vendor, body, fixture), site.journal.signals.head()
    assert first.status_code in {200, 202, 400}, first.text
    aside = site.journal.signals.quarantined()
    assert bool(aside) == (fixture.name in {"something-else", "other-schema", "nothing"}), [one.reason for one in aside]
    assert bool(before) != bool(aside)
    if not aside:
        assert site.post(vendor, body, fixture).status_code == first.status_code
        assert site.journal.signals.head() == before, "sent again, it is known"


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_is_answered_and_kept(site: Site, data: st.DataObject) -> None:
    vendor, fixture = data.draw(st.sampled_from(EVERY))
    payload = data.draw(mutations(fixture))
    seen, aside = site.journal.signals.head(), site.aside()
    answer = site.post(vendor, payload.body, fixture)
    assert answer.status_code in {200, 202, 400, 401}, answer.text
    kept = site.aside() - aside
    if answer.status_code == 400:
        assert kept == 1
        assert answer.json()["error"]["mend"]
    elif answer.status_code == 401:
        assert (kept, site.journal.signals.head()) == (0, seen)


@pytest.mark.parametrize("vendor", [name for name in VENDORS if name not in SETTINGS])
def test_without_the_token_of_that_source_nobody_comes_in(site: Site, vendor: str) -> None:
    other = next(name for name in VENDORS if name != vendor and name in site.tokens)
    for headers in ({}, {"authorization": f"Bearer {site.tokens[other]}"}, {"authorization": "Bearer no"}):
        assert site.client.post(f"/hooks/{vendor}", content=b"{}", headers=headers).status_code in {401, 403}
    assert site.journal.signals.quarantined() == []


TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336"


class Amazon:
    """What lies at Amazon: a certificate, and a place to confirm. `away`: nothing can be reached."""

    def __init__(self, now: dt.datetime) -> None:
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = (
            made.serial_number(1)
            .not_valid_before(now - dt.timedelta(days=9))
            .not_valid_after(now + dt.timedelta(days=9))
        )
        pem = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self.pages, self.asked, self.away = {CERTIFICATE: pem, CONFIRM: b"<ok/>"}, list[str](), False

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.away:
            raise Unreachable("Amazon cannot be reached")
        return self.pages[url]

    def message(self, now: dt.datetime, **fields: str) -> bytes:
        found = {"MessageId": "m-1", "TopicArn": TOPIC, "Timestamp": now.isoformat(), "SignatureVersion": "2",
                 "SigningCertURL": CERTIFICATE, **fields}  # fmt: skip
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
        text = "".join(f"{name}\n{found[name]}\n" for name in names if name in found)
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return json.dumps({**found, "Signature": base64.b64encode(signature).decode()}).encode()


def test_a_topic_is_confirmed_and_its_alarms_come_in_and_nobody_elses(
    journal: Journal, clock: ManualClock, entrance: Entrance
) -> None:
    amazon = Amazon(clock.now())
    connector = replace(CONNECTORS["cloudwatch"], receiver=receiver_with(amazon.fetch))
    instance = make_instance("cloudwatch", connector, {"topics": [TOPIC]}, Secrets())
    room = SenseRoom(journal=journal, registry=Registry({"cloudwatch": instance}, {}), wake=lambda: None)
    routes = create_routes(Receiving(journal, clock, room), entrance)  # type: ignore[arg-type]
    with TestClient(Starlette(routes=routes), base_url="http://localhost") as client:

        def post(body: bytes) -> Any:
            return client.post("/hooks/cloudwatch", content=body, headers={"content-type": "text/plain; charset=UTF-8"})

        wish = amazon.message(
            clock.now(), Type="SubscriptionConfirmation", Token="2336", SubscribeURL=CONFIRM, Message="hello"
        )
        amazon.away = True
        assert (post(wish).status_code, journal.signals.head()) == (502, 0), "Amazon sends it again"
        amazon.away = False
        assert post(wish).status_code == 200
        assert amazon.asked[-1] == CONFIRM
        inner = {"AlarmName": "cpu", "NewStateValue": "ALARM", "StateChangeTime": clock.now().isoformat()}
        alarm = amazon.message(clock.now(), Type="Notification", Message=json.dumps(inner))
        assert [post(alarm).status_code for _ in range(2)] == [200, 200]
        assert [logged.signal.state for logged in journal.signals.after(0)] == ["resolved", "firing"]
        assert post(alarm.replace(b"cpu", b"gpu")).status_code == 401
        assert amazon.asked.count(CERTIFICATE) == 2, "once in vain, once for all"


@pytest.mark.parametrize("vendor", ["cloudwatch", "sentry"])
def test_a_token_does_not_stand_in_for_a_signature(site: Site, vendor: str) -> None:
    headers = {"authorization": f"Bearer {site.tokens[vendor]}"}
    assert site.client.post(f"/hooks/{vendor}", content=b'{"a": 1}', headers=headers).status_code == 401
    assert site.journal.signals.quarantined() == []
