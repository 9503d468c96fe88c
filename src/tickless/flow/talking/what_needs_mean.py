"""What each need means, in a line for a language model: the runbooks' own words, and ours for what no runbook serves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tickless.domain.runbook import Runbook

OURS = {
    "question": "asks how something works, where it is, who does it or what is allowed",
    "status_of_case": "asks how far an earlier request of theirs is",
    "incident_report": "a service or system that others use, too, is down, slow or wrong",
    "vpn_trouble": "the VPN or the tunnel from home does not work",
    "device_trouble": "a computer, phone, screen, printer or other thing of theirs does not work",
    "account_unlock": "their account is locked",
    "password_reset": "they need a new password",
    "access_request": "wants access to an app, folder or group",
    "access_removal": "an access is to be taken away",
    "software_install": "wants a program installed",
    "mailbox_quota": "their mailbox is full",
    "joiner": "somebody begins to work here",
    "mover": "somebody changes team or place",
    "leaver": "somebody leaves",
    "approval_answer": "approves or denies somebody's request",
}


def meanings(known: Iterable[str], runbooks: Mapping[str, Runbook]) -> dict[str, str]:
    """Need → what it means. `known`: all needs that there are."""
    told = {intent: book.title for book in runbooks.values() for intent in book.serves.intents}
    return {need: OURS.get(need) or told.get(need) or need.replace("_", " ") for need in {*known, *OURS}}
