"""What Tickless says in a dialogue: who somebody is, which of several things is meant, and what changed on the way."""

from __future__ import annotations

import datetime as dt

FORM = "I still need this:"
WHAT_EXACTLY = "I'm sorry to hear that. What is it that doesn't work, and what do you see?"
WHICH_ANSWER = "Two of my questions fit that answer. Which one is it for?"
WHICH_CANCEL = "Which of these shall I stop?"
WHICH_OVER = "Good to hear. Which of these is it about?"
WHICH_APPROVAL = "Several requests wait for you. Which one do you mean?"
ALL_OF_THEM = "All of them"
TOO_LATE_TO_STOP = (
    "That is being done right now, so I can't stop it halfway. Tell me afterwards if it has to be taken back."
)
WHICH_BACK = "Nothing of yours is open that I could stop. What is done I can take back; which one do you mean?"
NOTHING_TO_TAKE_BACK = (
    "There is nothing of that left that I could take back by itself. "
    "Tell me what has to be different, and I'll see to it."
)
PUT_ASIDE = (
    "Something went wrong on my side with that message, so nothing was done. It is kept for the people who look after me. "
    "Please say it in other words, or call the service desk if it can't wait."
)
STALE = "That button belongs to something that is over, so I've left everything as it is."
CLOSED_QUESTION = "That question is closed already, so nothing changed. Write to me if it is still open for you."
NOT_A_CHOICE = "I can't use that answer there. Please pick one of the choices, or say it in your own words."
APPROVED = "Thank you. It's approved and goes on."
DENIED = "All right, it's denied. Nothing is changed, and the person is told."
APPROVAL_ANSWERED = "That request has been answered already, or is over."
APPROVE_SIGNED_IN = (
    "This one can't be taken back, so it takes a sign-in: please answer it under Approvals in the Tickless console."
)
APPROVE_WHO = (
    "I can only take that from an account that I know as yours. Please answer it under Approvals in the console."
)
APPROVE_YOURSELF = "A yes or no to that has to come from the person who was asked, from an account of their own."
NOTHING_TO_APPROVE = "Nothing waits for your approval."
NO_SUCH_CODE = "I'm not waiting for a code here. If you need something, just tell me."
CODE_TOO_LATE = "That code has expired. I take it up again and send a new one."
SENT_PRIVATELY = "Done. What is for your eyes only I've sent to you privately."
SENT_TO_THEM = "Done. What is for their eyes only went to that person alone, not to you."
TOO_MANY_CODES = "I've sent too many codes for this account lately, so I stop here."
NOT_THERE_ANY_MORE = "I've noted the correction, and nothing of it is open any more. Just tell me what you need now."


YOU_CAN_ASK_FOR = "Just say what is wrong or what you need, in your own words. You can ask for:"
TAP_TO_ASK = "Tap one to ask for it:"
TAP_A_GROUP = "Tap a group to see what is in it:"
MORE = "Show more"
NOTHING_OFFERED = (
    "Nothing is in the catalogue for you yet. Just tell me in your own words what is wrong or what you need."
)


def not_for_you(name: str, whom: str, owner: str) -> str:
    """An item of the catalogue that is for others."""
    answers = f" {owner} answers for it." if owner else " Your manager can say whether that should change."
    return f"{name} is offered to {whom} only, so I can't give it to you.{answers}"


def looked_after(name: str, owner: str) -> str:
    who = f"{owner} looks after it" if owner else "nobody is named who looks after it"
    return (
        f"{name} is one of our services, and {who}. It is not something to order; tell me if it doesn't work for you."
    )


def not_offered(thing: str) -> str:
    """Outside of what anybody here supports."""
    return (
        f"“{thing}” is not in our catalogue, so IT neither provides nor supports it. "
        "Your manager decides whether it is bought; whoever provides it supports it. This is what I can do:"
    )


def stood_in_for(delegate: str, *, until: dt.datetime) -> str:
    """To a person for whom somebody stands in from now on."""
    return f"{delegate} stands in for you until {until:%Y-%m-%d}. If that is wrong, tell the service desk."


def stands_in(person: str, *, until: dt.datetime, approves: bool) -> str:
    """To whoever stands in."""
    what = "what they are asked to approve comes to you as well" if approves else "you may ask in their name"
    return f"You stand in for {person} until {until:%Y-%m-%d}: {what}."


def bound(account: str, channel: str) -> str:
    """To a person whose account was bound."""
    return f"The account {account} in {channel} counts as yours from now on. Is that not you? Tell the service desk at once."


def unbound(account: str, channel: str) -> str:
    return f"The account {account} in {channel} no longer counts as yours."


def taken_over(account: str, channel: str) -> str:
    """To whom an account belonged before somebody else proved that it is theirs."""
    return (
        f"The account {account} in {channel} counted as yours until now and was bound to somebody else. If that is wrong, "
        "tell the service desk at once."
    )


def moved(channel: str, number: int) -> str:
    """Left behind in a conversation whose case goes on elsewhere."""
    return f"We go on with case {number} in {channel}."


def after(first: str, then: str) -> str:
    """Two needs of which one builds on the other."""
    return f"First: {_within(first)}. As soon as that is done I go on: {_within(then)}."


def _within(label: str) -> str:
    """A title in the middle of a sentence; names and short forms keep their capitals."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def cannot_be_taken_back(number: int, what: str) -> str:
    """Nothing of a finished request can be undone."""
    return f"What was done in case {number} can't be taken back: {what}. Tell me if a colleague should look at it."


def corrected(what: str) -> str:
    return f"All right: {what} instead."


def corrected_anew(number: int, what: str) -> str:
    """What was understood first is done or under way already."""
    return (
        f"I'm doing it for {what} as well now. Case {number} was under way already; tell me if it has to be taken back."
    )


def paused(reason: str) -> str:
    """A brake holds it up."""
    return f"{reason} Your request is kept and goes on by itself as soon as it can."


def take_up(asked_at: dt.datetime, number: int) -> str:
    """Somebody answers a question that was given up."""
    return (
        f"You're answering what I asked on {asked_at:%d %B at %H:%M} UTC. I had given case {number} to a colleague because it "
        "stayed quiet; I take it up again with your answer."
    )


HAVE_IT = "It is yours now: nobody else is called."
PASSED_ON = "All right, the next one is called."
PAGE_WHO = "I don't know whose account this is, so I can't note that. Sign in, and say so there: /on-call."
