"""People who want something, or give it back: access to apps, software on their laptops."""

from __future__ import annotations

from collections.abc import Iterator

from tickless.sample.company import Company
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import AT_ONCE, Event, Fault, Reply
from tickless.sample.day_expects import installed, membership, yes_or_no

ACCESS: tuple[tuple[str, str, str], ...] = (
    ("sprigboard", "", "I need access to Sprigboard for the new project"),
    ("lantern-meet", "", "pls give me acess to Lantern Meet"),
    ("quillmark", "", "can I have Quillmark PDF, need permission to open it"),
    ("driftview", "approve", "could I get access to Driftview please"),
    ("fieldnote", "approve", "I need access to the CRM"),
    ("seamcraft", "approve", "I need to get into Seamcraft please, new collection"),
    ("tallybook", "approve", "please give me access to tallybook"),
    ("driftview", "deny", "request access to Driftview for my own dashboards"),
)
"""App, what whoever is asked says, and how it is asked for."""
NOT_FOR_THEM = ("tallybook", "hi, could I get access to Tallybook too?")
GIVEN_BACK: tuple[tuple[str, str], ...] = (
    ("driftview", "please remove my access to Driftview, I changed teams"),
    ("sprigboard", "I dont need Sprigboard any more, you can take my licence back"),
)
SOFTWARE: tuple[tuple[str, str, str], ...] = (
    ("quillmark", "", "please install Quillmark PDF on my laptop"),
    ("sprigboard", "", "can you put Sprigboard on my machine"),
    ("lantern-meet", "", "instal lantern meet pls"),
    ("lantern-meet", "", "Lantern Meet is missing on my new laptop"),
    ("driftview", "approve", "I need Driftview installed on my laptop"),
    ("rowan-sql", "approve", "please install Rowan SQL on my laptop"),
    ("quillmark", "offline", "could you push Quillmark to my notebook"),
    ("sprigboard", "which", "I need some software on my laptop"),
)


def access_events(company: Company, cast: Cast) -> Iterator[Event]:
    for number, (name, answer, says) in enumerate(ACCESS, 1):
        app = company.app(name)
        person = cast.without(app)
        granted = answer != "deny"
        expect = membership(person, app, need="access_request", outcome="verified" if granted else "refused",
                            operation="directory.add_to_group" if granted else "", there=granted)  # fmt: skip
        yield Event(f"access-{number}", AT_ONCE, "human", person.id, f"{person.name} asks for {app.name}", says=says,
                    replies=yes_or_no(person, app, answer), expects=(expect,))  # fmt: skip
    app = company.app(NOT_FOR_THEM[0])
    person = cast.outside(app)
    expect = membership(person, app, need="access_request", outcome="refused", operation="", there=False)
    yield Event("not-for-them", AT_ONCE, "human", person.id, f"{person.name} asks for {app.name}, which is not for them",
                says=NOT_FOR_THEM[1], expects=(expect,))  # fmt: skip


def removal_events(company: Company, cast: Cast) -> Iterator[Event]:
    for number, (name, says) in enumerate(GIVEN_BACK, 1):
        app = company.app(name)
        person = cast.holding(app)
        expect = membership(person, app, need="access_removal", outcome="verified",
                            operation="directory.remove_from_group", there=False)  # fmt: skip
        yield Event(f"removal-{number}", AT_ONCE, "human", person.id, f"{person.name} gives {app.name} back", says=says,
                    expects=(expect,))  # fmt: skip


def software_events(company: Company, cast: Cast) -> Iterator[Event]:
    """`offline`: the laptop is off until its owner is asked. `which`: nobody said which software."""
    for number, (name, answer, says) in enumerate(SOFTWARE, 1):
        app = company.app(name)
        person = cast.without(app)
        laptop = company.laptop(person.id).id
        faults: tuple[Fault, ...] = ()
        replies = yes_or_no(person, app, answer)
        if answer == "offline":
            faults = (Fault("device_offline", laptop),)
            replies = (Reply("choice", text="ready", heals=faults[0]),)
        elif answer == "which":
            replies = (Reply("choice", text=app.name),)
        yield Event(f"install-{number}", AT_ONCE, "human", person.id, f"{person.name} wants {app.name} installed", faults,
                    says, replies=replies, expects=(installed(person, app, laptop),))  # fmt: skip
