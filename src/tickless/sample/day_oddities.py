"""What a script for a service desk likes to leave out: impostors, namesakes, second thoughts, small talk."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.sample.company import Company
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import AT_ONCE, Effect, Event, Expect, Fact, Fault, Reply
from tickless.sample.day_expects import installed, locked, membership, tunnel, unlocked

NO_CASE: tuple[str, ...] = ("whats the weather like tomorrow", "good morning :)")
UNANSWERABLE: tuple[str, ...] = ("who has a spare key for the bike cellar?",)
WRITTEN_DOWN: tuple[str, ...] = ("who do I ask about expenses?",)
NAMESAKES = "Wei Chen"


def odd_events(company: Company, cast: Cast) -> Iterator[Event]:
    yield _impostor(cast)
    yield from _talkers(cast)
    yield _two_needs(company, cast)
    yield _colleague(cast)
    yield _namesakes(company, cast)
    yield _withdrawn(company, cast)
    yield _not_solved(cast)
    person = cast.draw()
    yield Event("outage", AT_ONCE, "human", person.id, f"{person.name} reports the outage that is running",
                says="is the intranet down? I can't open the staff pages", after="kill-intranet",
                expects=(Expect("service_down", joins="kill-intranet"),))  # fmt: skip


def _impostor(cast: Cast) -> Event:
    """Somebody without an account, who knows a name and no more; tries one code, then gives up."""
    person = cast.draw()
    expect = Expect(
        "account_unlock", ("handed_off",), f"person:{person.id}",
        effects=(Effect("phone.send", person.phone or ""),),
        facts=(Fact("office", f"/accounts/{person.username}", "locked", "is", True),),
    )  # fmt: skip
    return Event("impostor", AT_ONCE, "human", person.id, f"somebody claims to be {person.name}", locked(person),
                 f"hello, this is {person.name}, i am locked out. unlock my account NOW please", claims=True,
                 replies=(Reply("wrong_code"),), expects=(expect,))  # fmt: skip


def _talkers(cast: Cast) -> Iterator[Event]:
    for number, says in enumerate(NO_CASE, 1):
        person = cast.draw()
        yield Event(f"chat-{number}", AT_ONCE, "human", person.id, f"{person.name} just talks", says=says,
                    expects=(Expect(None),))  # fmt: skip
    for number, says in enumerate(WRITTEN_DOWN, 1):
        person = cast.draw()
        yield Event(f"answer-{number}", AT_ONCE, "human", person.id, f"{person.name} asks what an article says",
                    says=says, replies=(Reply("choice", text="yes"),),
                    expects=(Expect("question", ("confirmed",)),))  # fmt: skip
    for number, says in enumerate(UNANSWERABLE, 1):
        person = cast.draw()
        yield Event(f"question-{number}", AT_ONCE, "human", person.id, f"{person.name} asks what nobody wrote down",
                    says=says, expects=(Expect("question", ("handed_off",)),))  # fmt: skip


def _two_needs(company: Company, cast: Cast) -> Event:
    app = company.app("quillmark")
    person = cast.without(app)
    return Event("two-needs", AT_ONCE, "human", person.id, f"{person.name} has two things at once",
                 (Fault("vpn_expired", person.username),),
                 f"my vpn doesn't work and I also need {app.name} installed on my laptop",
                 expects=(tunnel(person, "vpn.renew_profile"),
                          installed(person, app, company.laptop(person.id).id)))  # fmt: skip


def _colleague(cast: Cast) -> Event:
    """For somebody else: that person's own phone decides."""
    writer, colleague = cast.draw(), cast.draw()
    return Event("colleague", AT_ONCE, "human", writer.id, f"{writer.name} asks for {colleague.name}", locked(colleague),
                 f"my colleague {colleague.name} is locked out, can you unlock the account",
                 replies=(Reply("code", by=colleague.id),), expects=(unlocked(colleague, code=True),))  # fmt: skip


def _namesakes(company: Company, cast: Cast) -> Event:
    """Two people have that name: asked back with both, then the right one's phone decides."""
    writer = cast.draw()
    meant = [person for person in company.people if person.name == NAMESAKES and person.phone][-1]
    chosen = Reply("choice", text=f"{meant.name} ({meant.department}, {meant.username})")
    return Event("namesakes", AT_ONCE, "human", writer.id, f"{writer.name} means one of two called {meant.name}",
                 locked(meant), f"can you unlock {meant.name}? the account is locked",
                 replies=(chosen, Reply("code", by=meant.id)),
                 expects=(unlocked(meant, code=True, about_them=False),))  # fmt: skip


def _withdrawn(company: Company, cast: Cast) -> Event:
    app = company.app("driftview")
    person = cast.without(app)
    expect = membership(person, app, need="access_request", outcome="withdrawn", operation="", there=False)
    return Event("withdrawn", AT_ONCE, "human", person.id, f"{person.name} changes their mind",
                 says=f"I'd like access to {app.name}",
                 replies=(Reply("words_waiting", text="never mind, I don't need it"),), expects=(expect,))  # fmt: skip


def _not_solved(cast: Cast) -> Event:
    """A phone in a drawer goes on trying the old password."""
    person = cast.draw()
    again = Reply("words_solved", text="no, it still doesn't work", breaks=locked(person)[0])
    return Event("not-solved", AT_ONCE, "human", person.id, f"{person.name} is locked out, twice", locked(person),
                 "please take the lock off, too many wrong attempts", replies=(again,),
                 expects=(unlocked(person, regressions=1),))  # fmt: skip
