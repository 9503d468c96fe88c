"""Accounts, VPN, mailboxes and phones keep real state, and each effect happens once for its key."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sample.hands import Hands
from tests.waiting import until

from tickless.domain.errors import Rejected
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate


def test_five_wrong_passwords_lock_an_account_and_unlocking_lets_its_owner_in(hands: Hands, estate: Estate) -> None:
    who = "anna.kowalska"
    hands.do("set_password", "run:set", "long-and-new-password", username=who, password="env:NEW", must_change=False)
    assert estate.sign_in(who, "long-and-new-password") == (True, "")
    for _ in range(5):
        estate.sign_in(who, "guess")
    assert estate.sign_in(who, "long-and-new-password") == (False, "locked")
    assert hands.ask("account", username=who).locked
    assert hands.do("unlock", "run:unlock", username=who).changed
    assert estate.sign_in(who, "long-and-new-password") == (True, "")
    assert not hands.ask("account", username="anna.kowalski").locked


def test_the_password_policy_refuses_and_the_error_keeps_the_password_to_itself(hands: Hands, estate: Estate) -> None:
    with pytest.raises(Rejected) as refused:
        hands.do("set_password", "run:short", "hunter2", username="jon.park", password="env:NEW")
    assert "hunter2" not in f"{refused.value} {refused.value.detail}"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("vpn_expired", "profile_expired"),
        ("lock", "account_locked"),
        ("disable", "account_disabled"),
        ("client_old",) * 2,
    ],
)
def test_a_tunnel_tells_why_it_does_not_connect(
    hands: Hands, estate: Estate, company: Company, fault: Any, reason: str
) -> None:
    who = company.people[60].username
    assert hands.ask("vpn_tunnel", username=who).connects
    estate.fault(fault, who)
    assert hands.ask("vpn_tunnel", username=who).reason == reason
    estate.heal(fault, who)
    assert hands.ask("vpn_tunnel", username=who).connects


def test_a_renewed_profile_brings_the_tunnel_back(hands: Hands, estate: Estate, company: Company) -> None:
    who = company.people[61].username
    estate.fault("vpn_expired", who)
    hands.do("vpn_renew_profile", username=who)
    assert hands.ask("vpn_tunnel", username=who).connects


def test_a_dead_gateway_is_everybodys_trouble(hands: Hands, estate: Estate, company: Company) -> None:
    estate.fault("kill", "vpn-gateway")
    assert hands.ask("vpn_tunnel", username=company.people[62].username).reason == "gateway_down"
    assert not hands.ask("vpn_gateway").up
    hands.do("process_start", process="vpn-gateway")
    until(lambda: hands.ask("vpn_gateway").up)


def test_the_same_key_has_its_effect_once(hands: Hands, estate: Estate, company: Company) -> None:
    who = company.people[63].username
    first = hands.do("mailbox_set_quota", "run:quota", username=who, quota_mb=7_000)
    again = hands.do("mailbox_set_quota", "run:quota", username=who, quota_mb=7_000)
    assert (first.output, first.undo, first.changed) == (again.output, again.undo, again.changed)
    for _ in range(3):
        hands.do("phone_send", "run:code", phone="+447700900123", text="your code is 4711")
        hands.do("process_restart", "run:restart", process="till-hub")
        hands.do("vpn_renew_profile", "run:renew", username=who)
    assert estate.sms("+447700900123") == ["your code is 4711"]
    assert sorted(hands.effects()) == sorted(
        [
            ("mailbox.set_quota", who),
            ("phone.send", "+447700900123"),
            ("process.restart", "till-hub"),
            ("vpn.renew_profile", who),
        ]
    )


def test_what_changes_nothing_is_no_effect(hands: Hands, estate: Estate, company: Company) -> None:
    assert not hands.do("unlock", username=company.people[64].username).changed
    assert not hands.do("process_start", process="stock-api").changed
    assert hands.effects() == []


def test_what_is_not_there_is_an_answer_and_not_an_error(hands: Hands) -> None:
    assert not hands.ask("account", username="nobody.here").exists
    assert not hands.ask("device", device="LM-L0000").exists
    assert not hands.ask("process_state", process="nothing").exists
    assert not hands.ask("certificate_state", name="nothing.example").exists
