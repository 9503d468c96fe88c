"""What Tickless itself says to people, in one place. Runbooks bring their own words for their own moments."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.world import World

THANKS = "You're welcome. I'm here if anything else comes up."
HELLO = "Hello! Tell me in your own words what is wrong or what you need, and I'll take care of it."
OUT_OF_SCOPE = (
    "That is outside of what I can help with. I look after accounts, access, software, the VPN, mailboxes and the "
    "company's IT services: just say what is wrong."
)
OTHER_LANGUAGE = (
    "I'm sorry, I understand English best so far. Could you write it in English, or shall I get a colleague?"
)
NOTHING_TO_CANCEL = "There is nothing open that I could stop, so all is as it was."
WITHDRAWN = "All right, I've stopped. Nothing more happens with this."
GLAD = "Good to hear, thank you for telling me."
SORRY_AGAIN = "I'm sorry it isn't solved. I'm looking at it again right now."
WRONG_CODE = "That code isn't right, or it has expired."
NO_PHONE = "I can't send a code: no phone is registered for this account. A colleague takes over and will get in touch."
NOT_UNDERSTOOD = "I didn't quite get that."
APPROVALS = (
    "Approvals are given with the buttons of the request itself: open your notices, or Approvals in the console."
)
SAY_AGAIN = (
    "I'm not sure what you need. Could you say it in other words? For example: I'm locked out, I need access to an app, "
    "the VPN doesn't connect."
)
REFUSED = "I can't do this for you."


def approval_asked(names: str) -> str:
    return f"This needs a yes from {names}. I've asked, and you'll hear from me as soon as there's an answer."


def names(people: tuple[str, ...], world: World) -> str:
    """People as one reads them out."""
    known = [world.people[one].name for one in people if one in world.people]
    return " and ".join(known) or "the people responsible"


def joined(case: Case, world: World) -> str:
    """To somebody whose report joined a running case."""
    service = world.services.get(case.service or "")
    what = service.name if service else "this"
    doing = {
        "acting": "it is being repaired right now",
        "verifying": "a repair is done and is being checked",
        "awaiting_approval": "a repair is ready and waits for a go-ahead",
    }.get(case.state, "it is being worked on")
    return (
        f"You're not alone: there is trouble with {what} since {case.opened_at:%H:%M} UTC (case {case.number}), and {doing}. "
        "You don't have to do anything; I'll tell you when it is over."
    )


def over(case: Case, world: World) -> str:
    """To everybody who was affected."""
    service = world.services.get(case.service or "")
    return f"{service.name if service else 'It'} works again; I checked. Does it work for you too?"


def again(case: Case) -> str:
    return f"I'm on it already (case {case.number})."


def handed_off(case: Case) -> str:
    return (
        f"I've handed this to a colleague together with everything I found (case {case.number}), so you won't have to "
        "explain it again."
    )


def status(cases: list[Case]) -> str:
    """Where the person's cases stand, newest first."""
    if not cases:
        return "There's nothing open for you at the moment."
    lines = [f"Case {case.number}: {case.title.tame(80)} - {_state(case)}" for case in cases[:5]]
    return "Here is where things stand. " + " · ".join(lines)


def _state(case: Case) -> str:
    words = {
        "open": "being looked at",
        "awaiting_person": "waiting for your answer",
        "awaiting_approval": "waiting for an approval",
        "acting": "being done",
        "verifying": "done, being checked",
        "resolved": f"solved ({case.outcome})",
        "handed_off": "with a colleague",
        "muted": "closed",
    }
    return words[case.state]
