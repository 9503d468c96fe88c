"""What Tickless itself says to people, in one place. Runbooks bring their own words for their own moments."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.knowledge import Article
from tickless.domain.known import Bulletin, Maintenance
from tickless.domain.signal import Deed
from tickless.domain.world import World

THANKS = "You're welcome. I'm here if anything else comes up."
HELLO = "Hello! Tell me in your own words what is wrong or what you need, and I'll take care of it."
OUT_OF_SCOPE = (
    "That is outside of what I can help with. I look after accounts, access, software, the VPN, mailboxes and the "
    "company's IT services: just say what is wrong."
)
NOT_BY_ORDER = (
    "I don't take orders like that, and nothing was changed. If you need more rights for your work, tell me for which app "
    "and why, and I'll ask whoever decides about it."
)
"""To words that speak to the machine instead of saying what is needed."""
NO_ADMIN = (
    "Administrator's rights are never given in a chat. If something is missing for your work, tell me for which app or device "
    "and what you need to do there: then I'll ask for just that."
)
NOTHING_TO_CANCEL = "There is nothing open that I could stop, so all is as it was."
WITHDRAWN = "All right, I've stopped. Nothing more happens with this."
GLAD = "Good to hear, thank you for telling me."
SORRY_AGAIN = "I'm sorry it isn't solved. I'm looking at it again right now."
WRONG_CODE = "That code isn't right, or it has expired."
NO_PHONE = "I can't send a code: no phone is registered for this account."
CODE_NOT_SENT = (
    "I need to be sure that it's you, and I can't send a code at the moment: the system that sends it doesn't answer."
)
NOT_UNDERSTOOD = "I didn't quite get that."
APPROVALS = (
    "Approvals are given with the buttons of the request itself: open your notices, or Approvals in the console."
)
SAY_AGAIN = (
    "I'm not sure what you need. Could you say it in other words? For example: I'm locked out, I need access to an app, "
    "the VPN doesn't connect."
)
REFUSED = "I can't do this for you."
HOW_WAS_IT = "How was that? Two answers are enough: how easy it was, and whether it went as you expected."
RATED = "Thank you, noted."
NOT_READ = "A precondition could not be read"
"""How the note begins that a run could not even look."""
NOBODY_SAID = frozenset({"nobody could be asked", "nobody answered in time"})
WORKED_AROUND = "Good. The cause itself is known and still to be removed."
NOT_YOURS = "That belongs to somebody else's request, so I've left it as it is."


DID_IT_ANSWER = "Did that answer it?"
PERHAPS_THIS = "Then perhaps this helps:"
GLAD_IT_HELPED = "Good, I'm glad that helped."


def review_due(article: Article, due: dt.datetime) -> str:
    return (
        f"Your article “{article.title}” should have been reviewed by {due:%d %B %Y}. Is it still right? "
        f"/knowledge/{article.id}"
    )


def no_answer(case: Case, *, tried: bool) -> str:
    """Nobody pretends: there is no article, or it was of no help."""
    lead = "Then I don't know a better answer." if tried else "I don't know: none of our articles answers that."
    return f"{lead} I've passed your question on to a colleague (case {case.number}), who will answer you."


def approval_asked(names: str) -> str:
    return f"This needs a yes from {names}. I've asked, and you'll hear from me as soon as there's an answer."


def approval_asked_of_several(needed: int, names: str) -> str:
    return (
        f"This needs a yes from {needed} of these: {names}. I've asked, and you'll hear from me as soon as they agree."
    )


def names(people: tuple[str, ...], world: World) -> str:
    """People as one reads them out."""
    known = [world.people[one].name for one in people if one in world.people]
    return " and ".join(known) or "the people responsible"


def joined(case: Case, world: World, *, workaround: str = "", news: Bulletin | None = None) -> str:
    """To somebody whose report joined a running case."""
    service = world.services.get(case.service or "")
    what = service.name if service else "this"
    doing = {
        "acting": "it is being repaired right now",
        "verifying": "a repair is done and is being checked",
        "awaiting_approval": "a repair is ready and waits for a go-ahead",
    }.get(case.state, "it is being worked on")
    since = f"there has been trouble with {what} since {case.opened_at:%H:%M} UTC"
    told = f"You're not alone: {since} (case {case.number}), and {doing}."
    latest = f" The latest: {news.text.rstrip('.')}." if news else ""
    around = f" Until then: {workaround.rstrip('.')}." if workaround else ""
    if news and news.next_update_at:
        after = f"There is news by {news.next_update_at:%H:%M} UTC, and I'll tell you when it is over."
    else:
        after = "You don't have to do anything; I'll tell you when it is over."
    return f"{told}{latest}{around} {after}"


def planned(window: Maintenance, world: World) -> str:
    """To somebody who is held up by planned work."""
    service = world.services.get(window.service)
    note = f" {window.note.rstrip('.')}." if window.note else ""
    return (
        f"This is planned work on {service.name if service else window.service}: {window.title.rstrip('.')}, until "
        f"{window.ends_at:%H:%M} UTC on {window.ends_at:%d %B}.{note} I'll tell you when it is over "
        "and ask whether it works for you."
    )


def planned_over(window: Maintenance, world: World) -> str:
    service = world.services.get(window.service)
    how = "was called off" if window.cancelled else "is over"
    return f"The planned work on {service.name if service else window.service} {how}. Does it work for you?"


def news(case: Case, bulletin: Bulletin) -> str:
    """A bulletin, to everybody in the case."""
    more = f" There is news again by {bulletin.next_update_at:%H:%M} UTC." if bulletin.next_update_at else ""
    return f"News of case {case.number}: {bulletin.text.rstrip('.')}.{more}"


def taken_back(undone: int, left: list[str]) -> str:
    """After a request with several parts was withdrawn."""
    done = f"I've taken back {undone} change{'s' * (undone != 1)}" if undone else "Nothing had been changed yet"
    return f"{done}." if not left else f"{done}; what cannot be taken back: {', '.join(left)}. Colleagues know of it."


def pressed(deed: Deed) -> str:
    """A button as a line of the conversation."""
    said = {"solved": "It works.", "unsolved": "It doesn't work.", "helped": "Yes, that helped.", "cancel": "Leave it, please.",
            "not_helped": "No, that didn't help.", "approve": "Approved.", "deny": "Denied.",
            "have_it": "I have it.", "pass_on": "Call the next one, please."}  # fmt: skip
    if deed.kind == "rate":
        return ", ".join(f"{name}: {value.replace('_', ' ')}" for name, value in sorted(deed.values.items())) or "rated"
    return said.get(deed.kind) or ", ".join(deed.values.values()) or "pressed"


def taken_over(name: str) -> str:
    """A colleague takes the conversation over."""
    return f"{name} takes over from here and has read everything, so you won't have to explain it again."


def surge_for_owner(incident: Case, why: str) -> str:
    """To the owner of a service that many people complain about at once."""
    return f"Case {incident.number}: {incident.title.tame(120)}. {why} No monitor has said so yet."


def over(case: Case, world: World) -> str:
    """To everybody who was affected."""
    service = world.services.get(case.service or "")
    what = service.name if service else f"What you reported (case {case.number})"
    if case.outcome == "verified":
        return f"{what} works again; I checked. Does it work for you too?"
    return f"{what} is said to be solved. Does it work for you?"


def again(case: Case) -> str:
    return f"I'm on it already (case {case.number})."


def handed_off(case: Case, *, what: str = "", alone: str = "", tried: bool = False) -> str:
    """`what`: what it is about; `alone`: a service of which no other trouble is known; `tried`: something was, in vain."""
    first = (
        "What I tried didn't solve it. "
        if tried
        else f"I know of no other trouble with {alone} right now. "
        if alone
        else ""
    )
    about = f"case {case.number}: {what}" if what else f"case {case.number}"
    return (
        f"{first}I've handed this to a colleague together with everything I found ({about}), so you won't have to explain it "
        "again. Their answer comes to you here."
    )


def why_handed_off(case: Case, reason: str) -> str:
    """A runbook's own words for the person as they are; what the house noted for itself is put into words for them."""
    handed = (
        f"I've handed it to a colleague together with everything I found (case {case.number}), so you won't have to explain it "
        "again. Their answer comes to you here."
    )
    if reason.startswith(NOT_READ):
        return f"I can't reach a system that I need for this at the moment, so I haven't changed anything. {handed}"
    if reason in NOBODY_SAID:
        return f"I had a question about this and got no answer, so I've stopped there. {handed}"
    return reason


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
        "merged": "part of another case",
    }
    return words[case.state]
