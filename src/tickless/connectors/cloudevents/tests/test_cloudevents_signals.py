"""Identity and meaning of CloudEvents."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from tickless.connectors.cloudevents.settings import Settings
from tickless.connectors.cloudevents.signals import RECEIVER
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item

EVENT = {"specversion": "1.0", "type": "t", "source": "/s", "id": "1"}


def arrive(body: Any, content_type: str = "application/cloudevents+json", **settings: Any) -> list[Item]:
    read_with = Settings.model_validate(settings)
    payload = Payload(
        source="ce",
        received_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
        content_type=content_type,
        body=json.dumps(body).encode(),
    )
    return [RECEIVER.read(raw, payload, read_with) for raw in RECEIVER.split(payload, read_with)]


def test_identity_is_source_and_id_together() -> None:
    keys = {arrive({**EVENT, "source": source, "id": id_})[0].event_key for source in "ab" for id_ in "12"}
    assert len(keys) == 4


def test_an_incident_and_its_end_are_about_one_thing() -> None:
    types = ("dev.cdevents.incident.detected.0.3.0", "dev.cdevents.incident.resolved.0.3.0")
    opened, closed = (arrive({**EVENT, "type": each, "subject": "shop"})[0] for each in types)
    assert (opened.state, closed.state) == ("firing", "resolved")
    assert opened.fingerprint == closed.fingerprint


def test_the_operators_meaning_goes_before_ours() -> None:
    meaning = {"type": "dev.cdevents.incident", "kind": "change"}
    assert arrive({**EVENT, "type": "dev.cdevents.incident.x"}, meanings=[meaning])[0].kind == "change"


@pytest.mark.parametrize("missing", ["id", "source", "specversion", "type"])
def test_required_attributes_are_required(missing: str) -> None:
    with pytest.raises(PayloadRejected, match=missing):
        arrive({name: value for name, value in EVENT.items() if name != missing})


def test_another_version_is_refused() -> None:
    with pytest.raises(PayloadRejected, match=r"1\.0"):
        arrive({**EVENT, "specversion": "0.3"})


def test_trouble_and_its_end_are_about_what_the_operator_says() -> None:
    meanings = [
        {"type": "backup.failed", "kind": "alert", "state": "firing", "about": "backup"},
        {"type": "backup.done", "kind": "alert", "state": "resolved", "about": "backup"},
    ]
    items = [
        arrive({**EVENT, "type": each, "subject": "crm"}, meanings=meanings)[0]
        for each in ("backup.failed", "backup.done")
    ]
    assert [item.state for item in items] == ["firing", "resolved"]
    assert len({item.fingerprint for item in items}) == 1


def test_base64_data_is_read_by_its_type() -> None:
    packed = base64.b64encode(b'{"title": "Backup failed", "state": "firing"}').decode()
    told = arrive({**EVENT, "datacontenttype": "application/json", "data_base64": packed})[0]
    assert (told.title, told.state) == ("Backup failed", "firing")
    assert arrive({**EVENT, "data_base64": base64.b64encode(b"plain words").decode()})[0].body == "plain words"
    binary = arrive(
        {**EVENT, "datacontenttype": "application/protobuf", "data_base64": base64.b64encode(b"\xff" * 1_200).decode()}
    )
    assert binary[0].body == "1,200 bytes of application/protobuf"
    with pytest.raises(PayloadRejected, match="base64"):
        arrive({**EVENT, "data_base64": "?"})


@pytest.mark.parametrize(
    ("extension", "severity"),
    [
        ({"severitynumber": 21}, "critical"),
        ({"severitynumber": 17, "severitytext": "INFO"}, "error"),
        ({"severitytext": "Warn"}, "warning"),
        ({"severitynumber": 9}, "info"),
        ({"severitytext": "odd"}, None),
    ],
)
def test_the_severity_extension_counts(extension: dict[str, Any], severity: str | None) -> None:
    assert arrive({**EVENT, **extension})[0].severity == severity
