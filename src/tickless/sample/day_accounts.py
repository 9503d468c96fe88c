"""People who can't get in or have no room left: accounts, passwords, tunnels, mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.sample.day_cast import Cast
from tickless.sample.day_events import AT_ONCE, Event, Fault, Reply
from tickless.sample.day_expects import locked, more_room, new_password, tunnel, unlocked

LOCKED: tuple[str, ...] = (
    "locked out again, can someone unlock me pls",
    "my acount is locked since lunch, need it for a customer call",
    "Windows says the referenced account is currently locked out",
    "pls unlock my user, i typed my pw wrong too often",
    'cant get in - "account locked, contact your administrator"',
    "hi! back from parental leave and my login has been locked",
    "5 failed attempts and its locked, sorry!!",
    "my ipad kept trying an old password and now my acount is locked",
    "it says I'm locked out?? I have a meeting in 10 minutes",
    "i am locked out of my account since this morning",
)
FORGOTTEN: tuple[str, ...] = (
    "forgot my pasword over the holidays, can i get a new one",
    "need a new password please, cant remember the one i set on friday",
    "my password expired and the change window just errors out",
    "could you reset my AD password? total blank after two weeks away",
    "i lost the note with my password",
    "password reset pls",
    "I forgot my password",
)
TUNNEL: tuple[tuple[str, str, str], ...] = (
    ("vpn not working, it says my profile is invalid", "vpn_expired", "vpn.renew_profile"),
    ("the vpn wants a new profile, im at home today", "vpn_expired", "vpn.renew_profile"),
    ("cant connect to vpn from the hotel, certificate error", "vpn_expired", "vpn.renew_profile"),
    ("VPN hangs at connecting since this morning", "vpn_expired", "vpn.renew_profile"),
    ("vpn says authentication failed, what now", "lock", "directory.unlock"),
    ("cannot get into the vpn, pls help, meeting in 5", "lock", "directory.unlock"),
    ("vpn tunnel wont come up since the update", "client_old", ""),
)
"""What is said, what is wrong, and what has to be done about it; an old client is updated by its owner."""
FULL: tuple[str, ...] = (
    "my mailbox is nearly full, need more space",
    "getting warnings that I am almost out of mail storage, can you extend it",
)


def account_events(cast: Cast) -> Iterator[Event]:
    for number, says in enumerate(LOCKED, 1):
        person = cast.draw()
        yield Event(f"unlock-{number}", AT_ONCE, "human", person.id, f"{person.name} is locked out", locked(person), says,
                    expects=(unlocked(person),))  # fmt: skip
    for number, says in enumerate(FORGOTTEN, 1):
        person = cast.draw()
        replies = (Reply("code", by=person.id), Reply("open_link", by=person.id))
        yield Event(f"password-{number}", AT_ONCE, "human", person.id, f"{person.name} forgot the password", says=says,
                    replies=replies, expects=(new_password(person),))  # fmt: skip


def tunnel_events(cast: Cast) -> Iterator[Event]:
    for number, (says, wrong, operation) in enumerate(TUNNEL, 1):
        person = cast.draw()
        fault = Fault(wrong, person.username)
        updates = Reply("choice", text="done", heals=fault)
        yield Event(f"vpn-{number}", AT_ONCE, "human", person.id, f"{person.name} has no VPN", (fault,), says,
                    replies=() if operation else (updates,), expects=(tunnel(person, operation),))  # fmt: skip


def mailbox_events(cast: Cast) -> Iterator[Event]:
    for number, says in enumerate(FULL, 1):
        person = cast.draw()
        yield Event(f"quota-{number}", AT_ONCE, "human", person.id, f"{person.name} is running out of mail space",
                    (Fault("mailbox_tight", person.username),), says, expects=(more_room(person),))  # fmt: skip
