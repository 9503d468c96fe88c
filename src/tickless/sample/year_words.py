"""What people write in a year, by need: openings, matters and endings are put together, so that few are the same twice."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

OPENINGS = ("", "", "", "", "hi, ", "hello, ", "good morning, ", "sorry to bother you, ", "hey, ", "hi team, ")
ENDINGS = (
    "",
    "",
    "",
    "",
    " thanks",
    " thank you!",
    ", please help",
    " pls",
    ". can somebody look at it?",
    " - it is a bit urgent",
)
ACCOUNT: Mapping[str, Sequence[str]] = {
    "account_unlock": (
        "I'm locked out of my account",
        "my account is locked",
        "my acount got locked after the weekend",
        "too many failed login attempts and now my account is locked",
        "please unlock my account",
        "Windows says the referenced account is currently locked out",
        "i locked myself out this morning",
        "my user is locked, can you unlock it",
        "my account has been locked since lunch",
        "account locked again, i typed the password wrong too often",
        "my ipad kept trying an old password and my account is locked",
    ),
    "password_reset": (
        "I forgot my password",
        "could you reset my password",
        "I need a new password",
        "my password has expired and I cannot change it",
        "i can't remember my password after the holidays",
        "password reset please",
        "lost my password",
        "please send me a temporary password",
        "total blank, i forgot my AD password",
        "i mistyped my new password and now i don't know it",
    ),
    "mailbox_quota": (
        "my mailbox is full",
        "outlook says my mailbox is almost full",
        "I can't send mails any more, it says quota exceeded",
        "I need more room in my mailbox",
        "my mailbox is over quota",
        "getting warnings that my mailbox is nearly full",
    ),
}
VPN_PROFILE = (
    "my vpn profile has expired",
    "vpn not working, it says my profile is invalid",
    "the vpn wants a new profile",
    "i can't connect to the vpn from home",
    "vpn connection fails since this morning",
    "please renew my vpn profile",
    "cant connect to vpn from the hotel, certificate error",
)
VPN_LOCKED = ("vpn says authentication failed", "vpn authentication failed, what now")
ACCESS = (
    "I need access to {app}",
    "could I get access to {app}",
    "please give me access to {app}",
    "can I have access to {app}",
    "I need access to {app} for the new project",
    "requesting access to {app}",
)
REMOVAL = (
    "please remove my access to {app}",
    "I don't need {app} any more, please remove my access",
    "I no longer need access to {app}, I changed teams",
)
SOFTWARE = (
    "please install {app} on my laptop",
    "I need {app} installed on my laptop",
    "can you put {app} on my machine",
    "{app} is missing on my new laptop",
    "could you install {app} on my computer",
)
DEVICE = (
    "my laptop is very slow since the last update",
    "the docking station does not charge my laptop any more",
    "my second monitor is not detected",
    "the microphone on my laptop is not working",
    "my laptop crashes all the time",
    "the battery of my laptop is dead after an hour",
    "I spilled coffee over my laptop",
    "my work phone does not switch on",
    "the keyboard of my laptop has three dead keys",
    "the label printer in hall 2 prints half a label",
    "the printer on floor 3 jams on every second page",
    "my headset cannot be heard in meetings",
    "the scanner at till 4 reads nothing",
)
REPORTS: Sequence[tuple[str, str]] = (
    ("the intranet is very slow for our whole team", "intranet"),
    ("the shared drive is not available for some of us", "file-share"),
    ("the phone system drops calls in customer care", "telephony"),
    ("the newsletter tool shows yesterday's numbers", "newsletter"),
    ("the wholesale portal shows wrong prices to a customer", "wholesale-portal"),
    ("label printing is stuck in the warehouse", "label-print"),
    ("search on the shop returns nothing for jackets", "search-api"),
    ("the care console freezes when we open a customer", "care-console"),
    ("the monthly report is empty since yesterday", "report-builder"),
    ("scan to mail does not work on any printer", "print-server"),
)
"""What is said, and the service that it is about."""
QUESTIONS = (
    "how do I add a printer",
    "what is the wifi password for guests",
    "how do I connect to the vpn from home",
    "how do I set an out of office message",
    "how do I share a large file with a customer",
    "how do I restore a deleted file",
    "how do I scan to mail",
    "what are the rules for working from abroad",
    "how do I book a meeting room",
    "how do I get my mail on my phone",
    "how do I order a new monitor",
    "how do I report a phishing mail",
)
UNANSWERED = (
    "how do I claim a sample garment for a photo shoot",
    "who approves a store opening kit",
    "how do I get a temporary badge for a fitter",
    "how do I move a till to another store",
)
"""Questions for which there is no article until somebody writes one."""
AGAIN = (
    "it came back, the same as before",
    "it does not work again",
    "sorry, it is still not solved",
    "same problem again",
)


def dressed(chance: random.Random, text: str) -> str:
    """The sentence as one person would send it."""
    return f"{chance.choice(OPENINGS)}{text}{chance.choice(ENDINGS)}"
