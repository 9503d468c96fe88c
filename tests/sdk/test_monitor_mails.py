"""Alert mails: what began, what is over, and what belongs together."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.sdk import Item
from tickless.sdk.fields import MOST_LABELS, Fields, identity, time_of
from tickless.sdk.monitors.mail import Mail, read_alert
from tickless.sdk.testing.parsing import check_sound

SENT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def alert(subject: str, body: str = "", sender: str = "mon@larkmoor.example") -> Item:
    return read_alert(Mail(subject=subject, body=body, identity=f"<{subject}>", sender=sender, sent_at=SENT))


PAIRS = [
    ("[FIRING:2] HighErrorRate (shop prod)", "[RESOLVED] HighErrorRate (shop prod)"),
    ("[Alerting] CPU of shop", "[OK] CPU of shop"),
    ("PROBLEM: disk of edge-1", "RECOVERY: disk of edge-1"),
    ("Monitor is DOWN: shop.larkmoor.example", "Monitor is UP: shop.larkmoor.example"),
    ("[ALERT] shop-web is down", "[OK] shop-web is up"),
    ("shop-web is DOWN", "shop-web is back up"),
    ("Alarm: temperature in rack 4", "Cleared: temperature in rack 4"),
    ("** PROBLEM Service Alert: web-1/HTTP is CRITICAL **", "** RECOVERY Service Alert: web-1/HTTP is OK **"),
    ("** PROBLEM Host Alert: web-1 is DOWN **", "** RECOVERY Host Alert: web-1 is UP **"),
    ("[PROBLEM] ping4 on web-1 is CRITICAL!", "[RECOVERY] ping4 on web-1 is OK!"),
    ("[PROBLEM] Host web-1 is DOWN!", "[RECOVERY] Host web-1 is UP!"),
]


@pytest.mark.parametrize(("began", "over"), PAIRS)
def test_a_trouble_and_its_end_are_one(began: str, over: str) -> None:
    first, last = alert(began), alert(over)
    assert (first.state, last.state) == ("firing", "resolved")
    assert first.fingerprint == last.fingerprint
    assert first.event_key != last.event_key


@pytest.mark.parametrize(
    "subject", ["Weekly report", "Cron <root@web-1> run-parts", "", "Upgrade of the shop", "Your invoice"]
)
def test_what_says_neither_only_informs(subject: str) -> None:
    assert alert(subject).state == "info"


def test_two_monitors_that_say_the_same_have_two_troubles() -> None:
    assert alert("DOWN: shop").fingerprint != alert("DOWN: shop", sender="other@larkmoor.example").fingerprint


ZABBIX = """Problem started at 09:28:41 on 2026.03.02
Problem name: High CPU utilization
Host: shop-web-1
Severity: Average
Operational data: Current utilization: 97.1 %
Original problem ID: 4711
"""
ZABBIX_OVER = """Problem has been resolved at 09:41:41 on 2026.03.02
Problem name: High CPU utilization
Problem duration: 13m 0s
Host: shop-web-1
Severity: Average
Original problem ID: 4711
"""


def test_zabbixs_own_mails_are_read_by_their_words() -> None:
    began, over = (
        alert("Problem: High CPU utilization", ZABBIX),
        alert("Resolved in 13m 0s: High CPU utilization", ZABBIX_OVER),
    )
    assert (began.state, over.state, began.fingerprint) == ("firing", "resolved", over.fingerprint)
    assert (began.severity, (began.labels or {})["host"]) == ("error", "shop-web-1")
    assert began.occurred_at == dt.datetime(2026, 3, 2, 9, 28, 41, tzinfo=dt.UTC)
    assert over.occurred_at == dt.datetime(2026, 3, 2, 9, 41, 41, tzinfo=dt.UTC)


def test_the_time_of_the_mail_counts_where_its_words_have_none() -> None:
    assert alert("DOWN: shop").occurred_at == SENT


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_mail_is_read(subject: str, body: str) -> None:
    check_sound(alert(subject, body))


@given(st.text(max_size=150), st.text(max_size=150), st.text(max_size=150))
def test_what_differs_has_another_identity_however_long_it_is(first: str, second: str, third: str) -> None:
    long = "x" * 190
    assert len(identity(long, first, second)) <= 200
    if f"{first}/{second}" != f"{first}/{third}" and second and third:
        assert identity(long, first, second) != identity(long, first, third)


@given(
    st.dictionaries(
        st.text(max_size=5), st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)
    )
)
def test_fields_never_raise_and_say_text(values: dict[str, object]) -> None:
    fields = Fields(values)
    assert len(fields.labels()) <= MOST_LABELS
    for name in values:
        fields.text(name).encode()
        assert all(one for one in fields.texts(name))
        found = fields.time(name)
        assert found is None or found.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "none", ["", "0", 0, "0001-01-01T00:00:00Z", "1.", ".5", True, float("nan"), "²", None, [], "soon"]
)
def test_no_time_is_none(none: object) -> None:
    assert time_of(none) is None


@pytest.mark.parametrize(
    "text", ["1772443721", "1772443721000", 1772443721, "2026-03-02T09:28:41Z", " 2026-03-02T10:28:41+01:00"]
)
def test_a_time_is_read_in_every_form(text: object) -> None:
    assert time_of(text) == dt.datetime(2026, 3, 2, 9, 28, 41, tzinfo=dt.UTC)
