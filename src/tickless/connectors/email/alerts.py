"""Mails of monitors: whose they are, and the alert in them. Pure.

A mail counts as a monitor's by its sender alone, and only senders that the settings name. People who answer in a conversation
of ours from such an address stay people.
"""

from __future__ import annotations

import datetime as dt

from tickless.connectors.email.settings import Settings
from tickless.sdk import Item
from tickless.sdk.monitors.mail import Mail, read_alert


def is_monitor(address: str, *, known: bool, settings: Settings) -> bool:
    """Whether mail from this address is an alert. `known`: our own server vouches for the address."""
    if not (known or settings.alerts_unproven):
        return False
    domain = "@" + address.rpartition("@")[2]
    return any(each.lower() in {address, domain} for each in settings.alerts_from)


def alert_of(
    *, subject: str, text: str, address: str, own_id: str, sent_at: dt.datetime | None, settings: Settings
) -> Item:
    """The alert that a monitor's mail tells of."""
    mail = Mail(subject=subject, body=text, identity=own_id, sender=address, sent_at=sent_at)
    return read_alert(mail, zone=settings.alerts_zone)
