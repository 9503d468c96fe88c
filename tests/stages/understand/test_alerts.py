"""What monitors say: alert class, kind of case, and the records that labels name."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.domain.signal import Signal
from tickless.stages.understand.alerts import slug

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def event(title: str = "alert", kind: str = "alert", **labels: str) -> Signal:
    return Signal(
        id="sig_9",
        source="am",
        event_key="1",
        kind=kind,
        state="firing",
        fingerprint="f",
        occurred_at=NOW,
        received_at=NOW,
        title=title,
        labels=labels,
    )


@pytest.mark.parametrize(
    ("name", "alert_class", "kind"),
    [
        ("NodeFilesystemSpaceFillingUp", "disk_filling", "risk"),
        ("NodeFilesystemAlmostOutOfSpace", "disk_filling", "risk"),
        ("KubePersistentVolumeFillingUp", "disk_filling", "risk"),
        ("TargetDown", "service_down", "incident"),
        ("InstanceDown", "service_down", "incident"),
        ("ServiceDown", "service_down", "incident"),
        ("BlackboxProbeFailed", "service_down", "incident"),
        ("ProbeFailed", "service_down", "incident"),
        ("BlackboxSslCertificateWillExpireSoon", "certificate_expiring", "risk"),
        ("CertificateExpiringSoon", "certificate_expiring", "risk"),
        ("TLSCertExpiry", "certificate_expiring", "risk"),
        ("ConnectionPoolExhausted", "pool_exhausted", "incident"),
        ("HikariPoolSaturated", "pool_exhausted", "incident"),
        ("MailboxOverQuota", "mailbox_over_quota", "incident"),
        ("HighErrorRate", "http_errors", "incident"),
        ("Http5xxRatioHigh", "http_errors", "incident"),
        ("HighRequestLatency", "latency_high", "incident"),
        ("KubePodCrashLooping", "crash_looping", "incident"),
        ("AccountLockout", "account_lockout", "incident"),
        ("GizmoWobbling", "gizmo_wobbling", "incident"),
    ],
)
def test_well_known_alert_names_have_a_class(understanding, name, alert_class, kind):
    (finding,) = understanding.understand(event(alertname=name), now=NOW)
    assert (finding.act, finding.need, finding.kind) == ("event", alert_class, kind)


def test_a_class_label_wins_over_the_name(understanding):
    (finding,) = understanding.understand(event(alertname="TargetDown", alert_class="pool_exhausted"), now=NOW)
    assert finding.need == "pool_exhausted"


def test_a_title_is_read_where_there_is_no_name(understanding):
    (finding,) = understanding.understand(event("Disk almost full on edge-1", host="edge-1"), now=NOW)
    assert (finding.need, finding.kind) == ("disk_filling", "risk")


def test_a_forecast_is_a_risk(understanding):
    (finding,) = understanding.understand(event(kind="forecast", alertname="PoolExhausted"), now=NOW)
    assert (finding.need, finding.kind) == ("pool_exhausted", "risk")


@pytest.mark.parametrize(
    "labels",
    [
        {"service": "shop-web"},
        {"job": "Web Shop"},
        {"instance": "shop-web:9090"},
        {"host": "shop-web.prod.example"},
        {"app": "online shop"},
    ],
)
def test_labels_name_the_service(understanding, labels):
    (finding,) = understanding.understand(event(alertname="TargetDown", **labels), now=NOW)
    assert finding.slots == {"service": "shop-web"}


def test_the_configuration_item_is_host_and_mount_point(understanding):
    (finding,) = understanding.understand(
        event(alertname="DiskFull", instance="edge-1:9100", mountpoint="/var"), now=NOW
    )
    item = finding.entity("ci")
    assert item is not None
    assert item.ref == "edge-1:/var"


def test_a_near_miss_in_a_label_links_nothing(understanding):
    (finding,) = understanding.understand(event(alertname="TargetDown", service="shop-wed"), now=NOW)
    assert finding.slots == {}


@given(
    title=st.text(max_size=80),
    labels=st.dictionaries(
        st.sampled_from(["alertname", "class", "service", "instance", "user"]), st.text(max_size=60)
    ),
)
def test_any_labels_give_one_event(understanding, title, labels):
    (finding,) = understanding.understand(event(title, **labels), now=NOW)
    assert finding.act == "event"
    assert finding.need


@given(st.text(max_size=200))
def test_a_slug_is_plain_and_stays_itself(text):
    assert slug(text) == slug(slug(text))
    assert 0 < len(slug(text)) <= 60
