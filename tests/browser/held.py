"""Alerts of every kind for page tests: they fire, are held back for each reason, are over; silences and planned work."""

from __future__ import annotations

import datetime as dt

from tickless.domain.hold import Hold, HoldReason
from tickless.domain.known import Maintenance
from tickless.domain.matchers import read_matchers
from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Severity
from tickless.domain.silence import Silence
from tickless.journal import Journal, Tx
from tickless.journal.alerts import Alert

MINUTE = dt.timedelta(minutes=1)
SILENCE, IDLE, WINDOW = "sil_disk", "sil_idle", "mnt_store"
_WHY: dict[HoldReason, tuple[str, str, str]] = {
    "silenced": (SILENCE, "p011", "Silenced: the disk is on order"),
    "maintenance": (WINDOW, "p005", "Planned work on Online store: New certificates, until 2026-03-02 11:00 UTC."),
    "inhibited": ("", "tickless", "Checkout needs Orders database (cmdb, 95% sure), down since 08:41 UTC (case 2044)."),
    "flapping": ("", "tickless", "It comes and goes: held back since 08:20 UTC until it has been quiet for a while."),
    "transient": ("", "tickless", "23 of 24 alerts like it healed alone within 60 s."),
}


def fill_alerts(journal: Journal, now: dt.datetime) -> None:
    """Write all of it, and a payload that cannot be read."""
    bad = Payload(
        source="alertmanager",
        received_at=now - dt.timedelta(minutes=33),
        headers={"user-agent": "Alertmanager/0.25"},
        body=b'{"version": "4", "alerts": "<b>none</b>"}',
    )
    journal.signals.put_aside(
        bad, reason="`alerts` is a text, a list was expected", mend="send the webhook of version 4 unchanged"
    )
    with journal.write() as tx:
        for identity, reason, days in ((SILENCE, "the disk is on order", 2.0), (IDLE, "old rack <b>7</b>", 0.5)):
            tx.silences.put(
                Silence(
                    id=identity, owner="p011" if identity == SILENCE else "gone", reason=reason,
                    matchers=read_matchers(['service="shop"', 'instance=~"edge-.*"']), starts_at=now - dt.timedelta(days=2),
                    ends_at=now + dt.timedelta(days=days), made_by="p011", made_at=now, updated_at=now,
                )
            )  # fmt: skip
        service = next(iter(sorted(one.id for one in tx.services.where())))
        tx.maintenance.put(
            Maintenance(id=WINDOW, service=service, title="New certificates", starts_at=now - 30 * MINUTE,
                        ends_at=now + 120 * MINUTE, owner="p005", change="CHG-881")
        )  # fmt: skip
        for number, reason in enumerate(_WHY):
            _alert(tx, f"held-{number}", now - number * MINUTE, reason=reason, service=service)
        _alert(tx, "firing-1", now - 9 * MINUTE, severity="critical", service=service)
        _alert(tx, "over-1", now - 12 * MINUTE, state="resolved")


def _alert(
    tx: Tx, fingerprint: str, at: dt.datetime, *, state: str = "firing", reason: HoldReason | None = None,
    severity: Severity = "warning", service: str | None = None,
) -> None:  # fmt: skip
    alert = Alert(
        fingerprint=fingerprint, source="alertmanager", state=state, case=None, service=service, need="http_errors",
        title=Untrusted(f"Something with a rather long name is not as it should be on edge-{fingerprint}"),
        occurred_at=at, count=3, severity=severity, held=reason,
    )  # fmt: skip
    tx.alerts.put(alert)
    tx.alerts.note(alert)
    if reason is None:
        return
    ref, by, why = _WHY[reason]
    tx.holds.put(
        Hold(id=f"hold_{fingerprint}", source="alertmanager", fingerprint=fingerprint, reason=reason, ref=ref, why=why, by=by,
             signal="sig_none", service=service, severity=severity, since=at, until=at + 90 * MINUTE)
    )  # fmt: skip
