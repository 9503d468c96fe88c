"""The human door's part of the day: what people write, what they answer, and what they must have got."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.domain.person import App, Person
from tickless.sample.company import Company
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import Effect, Event, Expect, Fact, Fault, Reply

AT_ONCE = 0.0
"""People's events get their time when the whole day is put in order."""

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
TUNNEL: tuple[str, ...] = (
    "vpn not working, it says my profile is invalid",
    "the vpn wants a new profile, im at home today",
    "cant connect to vpn from the hotel, certificate error",
    "VPN hangs at connecting since this morning",
    "vpn says authentication failed, what now",
    "cannot get into the vpn, pls help, meeting in 5",
    "vpn tunnel wont come up since the update",
)
FULL: tuple[str, ...] = (
    "my mailbox is nearly full, need more space",
    "getting warnings that I am almost out of mail storage, can you extend it",
)
UNANSWERABLE: tuple[str, ...] = (
    "how do I book a meeting room with a projector?",
    "can I work from Spain for a month, what do I need to consider",
)
NO_CASE: tuple[str, ...] = ("whats the weather like tomorrow", "good morning :)")


class _People:
    def __init__(self, company: Company, cast: Cast) -> None:
        self.company = company
        self.cast = cast

    def accounts(self) -> Iterator[Event]:
        for number, says in enumerate(LOCKED, 1):
            yield _event(f"unlock-{number}", self.cast.draw(), "is locked out", says, _locked, _unlocked)
        for number, says in enumerate(FORGOTTEN, 1):
            person = self.cast.draw()
            replies = (Reply("code", by=person.id), Reply("open_link", by=person.id))
            yield _event(
                f"password-{number}", person, "forgot the password", says, lambda _: (), _new_password, replies
            )

    def tunnels(self) -> Iterator[Event]:
        for number, says in enumerate(TUNNEL, 1):
            person = self.cast.draw()
            if number <= 4:
                fault, done = "vpn_expired", "vpn.renew_profile"
            elif number <= 6:
                fault, done = "lock", "directory.unlock"
            else:
                fault, done = "client_old", ""
            expect = Expect(
                "vpn_trouble", ("verified",), f"person:{person.id}",
                effects=(Effect(done, person.username),) if done else (),
                facts=(Fact("office", f"/vpn/tunnels/{person.username}", "connects", "is", True),),
            )  # fmt: skip
            updates = Reply("choice", text="done", heals=Fault("client_old", person.username))
            yield Event(f"vpn-{number}", AT_ONCE, "human", person.id, f"{person.name} has no VPN",
                        (Fault(fault, person.username),), says, replies=() if done else (updates,),
                        expects=(expect,))  # fmt: skip

    def mailboxes(self) -> Iterator[Event]:
        for number, says in enumerate(FULL, 1):
            yield _event(f"quota-{number}", self.cast.draw(), "is running out of mail space", says, _tight, _more_room)

    def access(self) -> Iterator[Event]:
        asked: tuple[tuple[str, str, str], ...] = (
            ("sprigboard", "", "I need access to Sprigboard for the new project"),
            ("lantern-meet", "", "pls give me acess to Lantern Meet"),
            ("quillmark", "", "can I have Quillmark PDF, need permission to open it"),
            ("driftview", "approve", "could I get access to Driftview please"),
            ("fieldnote", "approve", "I need access to the CRM"),
            ("seamcraft", "approve", "I need to get into Seamcraft please, new collection"),
            ("tallybook", "approve", "please give me access to tallybook"),
            ("driftview", "deny", "request access to Driftview for my own dashboards"),
        )
        for number, (name, answer, says) in enumerate(asked, 1):
            yield self._access(f"access-{number}", self.company.app(name), answer, says)
        app = self.company.app("tallybook")
        person = self.cast.outside(app)
        yield Event("access-9", AT_ONCE, "human", person.id, f"{person.name} asks for {app.name}, which is not for them",
                    says="hi, could I get access to Tallybook too?",
                    expects=(Expect("access_request", ("refused",), f"person:{person.id}",
                                    facts=(_member(person, app, there=False),)),))  # fmt: skip
        for number, name in enumerate(("driftview", "sprigboard"), 1):
            app = self.company.app(name)
            holder = self.cast.holding(app)
            group = f"{holder.username}/{app.group}"
            yield Event(f"removal-{number}", AT_ONCE, "human", holder.id, f"{holder.name} gives {app.name} back",
                        says=(f"please remove my access to {app.name}, I changed teams",
                              f"I dont need {app.name} any more, you can take my licence back")[number - 1],
                        expects=(Expect("access_removal", ("verified",), f"person:{holder.id}",
                                        effects=(Effect("directory.remove_from_group", group),),
                                        facts=(_member(holder, app, there=False),)),))  # fmt: skip

    def _access(self, identity: str, app: App, answer: str, says: str) -> Event:
        person = self.cast.without(app)
        denied = answer == "deny"
        expect = Expect(
            "access_request", ("refused",) if denied else ("verified",), f"person:{person.id}",
            effects=() if denied else (Effect("directory.add_to_group", f"{person.username}/{app.group}"),),
            facts=(_member(person, app, there=not denied),),
        )  # fmt: skip
        return Event(identity, AT_ONCE, "human", person.id, f"{person.name} asks for {app.name}", says=says,
                     replies=_yes_or_no(person, app, answer), expects=(expect,))  # fmt: skip

    def software(self) -> Iterator[Event]:
        asked: tuple[tuple[str, str, str], ...] = (
            ("quillmark", "", "please install Quillmark PDF on my laptop"),
            ("sprigboard", "", "can you put Sprigboard on my machine"),
            ("lantern-meet", "", "instal lantern meet pls"),
            ("lantern-meet", "", "Lantern Meet is missing on my new laptop"),
            ("driftview", "approve", "I need Driftview installed on my laptop"),
            ("rowan-sql", "approve", "please install Rowan SQL on my laptop"),
            ("quillmark", "offline", "could you push Quillmark to my notebook"),
            ("sprigboard", "which", "I need some software on my laptop"),
        )
        for number, (name, answer, says) in enumerate(asked, 1):
            app = self.company.app(name)
            person = self.cast.without(app)
            laptop = self.company.laptop(person.id).id
            faults: tuple[Fault, ...] = ()
            replies = _yes_or_no(person, app, answer)
            if answer == "offline":
                faults = (Fault("device_offline", laptop),)
                replies = (Reply("choice", text="ready", heals=faults[0]),)
            elif answer == "which":
                replies = (Reply("choice", text=app.name),)
            expect = _installed(person, app, laptop)
            yield Event(f"install-{number}", AT_ONCE, "human", person.id, f"{person.name} wants {app.name} installed",
                        faults, says, replies=replies, expects=(expect,))  # fmt: skip

    def oddities(self) -> Iterator[Event]:
        yield self._impostor()
        for number, says in enumerate(NO_CASE, 1):
            person = self.cast.draw()
            yield Event(f"chat-{number}", AT_ONCE, "human", person.id, f"{person.name} just talks", says=says,
                        expects=(Expect(None),))  # fmt: skip
        for number, says in enumerate(UNANSWERABLE, 1):
            person = self.cast.draw()
            yield Event(f"question-{number}", AT_ONCE, "human", person.id, f"{person.name} asks what nobody wrote down",
                        says=says, expects=(Expect("question", ("handed_off",)),))  # fmt: skip
        yield self._two_needs()
        yield from self._for_others()
        yield self._withdrawn()
        yield self._not_solved()
        person = self.cast.draw()
        yield Event("outage", AT_ONCE, "human", person.id, f"{person.name} reports the outage that is running",
                    says="is the intranet down? I can't open the staff pages", after="kill-intranet",
                    expects=(Expect("service_down", joins="kill-intranet"),))  # fmt: skip

    def _impostor(self) -> Event:
        """Somebody without an account, who knows a name and no more."""
        person = self.cast.draw()
        still = (Fact("office", f"/accounts/{person.username}", "locked", "is", True),)
        expect = Expect("account_unlock", ("handed_off",), f"person:{person.id}", facts=still,
                        effects=(Effect("phone.send", person.phone or ""),))  # fmt: skip
        return Event("impostor", AT_ONCE, "human", person.id, f"somebody claims to be {person.name}",
                     (Fault("lock", person.username),), claims=True,
                     says=f"hello, this is {person.name}, i am locked out. unlock my account NOW please",
                     replies=(Reply("wrong_code"),), expects=(expect,))  # fmt: skip

    def _two_needs(self) -> Event:
        app = self.company.app("quillmark")
        person = self.cast.without(app)
        vpn = Expect("vpn_trouble", ("verified",), f"person:{person.id}",
                     effects=(Effect("vpn.renew_profile", person.username),),
                     facts=(Fact("office", f"/vpn/tunnels/{person.username}", "connects", "is", True),))  # fmt: skip
        return Event("two-needs", AT_ONCE, "human", person.id, f"{person.name} has two things at once",
                     (Fault("vpn_expired", person.username),),
                     f"my vpn doesn't work and I also need {app.name} installed on my laptop",
                     expects=(vpn, _installed(person, app, self.company.laptop(person.id).id)))  # fmt: skip

    def _for_others(self) -> Iterator[Event]:
        """For a colleague: the colleague's own phone decides. For one of two with the same name: asked back first."""
        writer, colleague = self.cast.draw(), self.cast.draw()
        yield Event("colleague", AT_ONCE, "human", writer.id, f"{writer.name} asks for {colleague.name}",
                    _locked(colleague),
                    f"my colleague {colleague.name} is locked out, can you unlock the account",
                    replies=(Reply("code", by=colleague.id),), expects=(_unlocked(colleague, code=True),))  # fmt: skip
        writer = self.cast.draw()
        namesakes = [person for person in self.company.people if person.name == "Wei Chen" and person.phone]
        meant = namesakes[-1]
        chosen = Reply("choice", text=f"{meant.name} ({meant.department}, {meant.username})")
        yield Event("namesakes", AT_ONCE, "human", writer.id, f"{writer.name} means one of two called {meant.name}",
                    _locked(meant), f"can you unlock {meant.name}? the account is locked",
                    replies=(chosen, Reply("code", by=meant.id)),
                    expects=(_unlocked(meant, code=True, subject=""),))  # fmt: skip

    def _withdrawn(self) -> Event:
        app = self.company.app("driftview")
        person = self.cast.without(app)
        expect = Expect("access_request", ("withdrawn",), f"person:{person.id}",
                        facts=(_member(person, app, there=False),))  # fmt: skip
        return Event("withdrawn", AT_ONCE, "human", person.id, f"{person.name} changes their mind",
                     says=f"I'd like access to {app.name}",
                     replies=(Reply("words_waiting", text="never mind, I don't need it"),), expects=(expect,))  # fmt: skip

    def _not_solved(self) -> Event:
        """A phone in a drawer goes on trying the old password."""
        person = self.cast.draw()
        again = Reply("words_solved", text="no, it still doesn't work", breaks=_locked(person)[0])
        expect = _unlocked(person, regressions=1)
        return Event("not-solved", AT_ONCE, "human", person.id, f"{person.name} is locked out, twice", _locked(person),
                     "please take the lock off, too many wrong attempts", replies=(again,), expects=(expect,))  # fmt: skip


def people_events(company: Company, cast: Cast) -> Iterator[Event]:
    """Every event of the human door, without its time. The rare parts are cast first."""
    people = _People(company, cast)
    yield from people.access()
    yield from people.software()
    yield from people.oddities()
    yield from people.accounts()
    yield from people.tunnels()
    yield from people.mailboxes()


def _event(
    identity: str, person: Person, what: str, says: str, faults: object, expect: object, replies: tuple[Reply, ...] = ()
) -> Event:
    assert callable(faults)
    assert callable(expect)
    return Event(identity, AT_ONCE, "human", person.id, f"{person.name} {what}", faults(person), says, replies=replies,
                 expects=(expect(person),))  # fmt: skip


def _locked(person: Person) -> tuple[Fault, ...]:
    return (Fault("lock", person.username),)


def _tight(person: Person) -> tuple[Fault, ...]:
    return (Fault("mailbox_tight", person.username),)


def _unlocked(person: Person, *, code: bool = False, regressions: int = 0, subject: str | None = None) -> Expect:
    codes = (Effect("phone.send", person.phone or ""),) if code else ()
    return Expect(
        "account_unlock", ("verified",), f"person:{person.id}" if subject is None else subject,
        effects=(Effect("directory.unlock", person.username), *codes),
        facts=(Fact("office", f"/accounts/{person.username}", "locked", "is", False),),
        regressions=regressions,
    )  # fmt: skip


def _new_password(person: Person) -> Expect:
    return Expect(
        "password_reset", ("verified",), f"person:{person.id}",
        effects=(Effect("directory.set_password", person.username), Effect("phone.send", person.phone or "")),
        facts=(Fact("office", f"/accounts/{person.username}", "must_change_password", "is", True),),
        signs_in=True,
    )  # fmt: skip


def _more_room(person: Person) -> Expect:
    return Expect(
        "mailbox_quota", ("verified",), f"person:{person.id}",
        effects=(Effect("mailbox.set_quota", person.username),),
        facts=(Fact("office", f"/mailboxes/{person.username}", "percent", "below", 85.0),),
    )  # fmt: skip


def _installed(person: Person, app: App, laptop: str) -> Expect:
    place = f"{laptop}/{app.package}"
    return Expect(
        "software_install", ("verified",), f"person:{person.id}",
        effects=(Effect("endpoint.install", place),),
        facts=(Fact("office", f"/devices/{laptop}/software/{app.package}", "installed", "is", True),),
    )  # fmt: skip


def _member(person: Person, app: App, *, there: bool) -> Fact:
    return Fact("office", f"/accounts/{person.username}/groups/{app.group}", "member", "is", there)


def _yes_or_no(person: Person, app: App, answer: str) -> tuple[Reply, ...]:
    if answer == "approve":
        return (Reply("approve", by=(person.manager if app.approval == "manager" else app.owner) or ""),)
    return (Reply("deny", by=person.manager or "", text="not in this quarter"),) if answer == "deny" else ()
