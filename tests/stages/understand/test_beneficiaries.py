"""Whoever is named for a need gets it, or is asked about; never the writer instead. A mere mention changes nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickless.sample.company import make_company
from tickless.stages.understand import build_gazetteer
from tickless.stages.understand.bystanders import PERSONAL

COMPANY = make_company(7)
NAMED = (
    "{} is locked out",
    "{} called: locked since 8:30",
    "{} at the counter, lockout since this morning",
    "caller {}, locked",
    "locked out: {}",
    "Please unlock. It is {}.",
    "reset needed, {} forgot the password",
    "{} can't remember the password any more",
    "new password for {} please",
    "don't reset {}, just unlock",
    "would you kindly equip {} with access to Driftview?",
    "provide {} with Driftview",
    "let {} into Driftview",
    "{} should have Driftview by Monday",
    "please make sure that {} gets into Driftview",
    "{} joined the project. please grant access to Driftview",
    "{} has no access to Driftview",
    "{} must not be in Driftview any more, please take care",
    "{} shouldn't have Driftview",
    "audit finding: {} still has Driftview, this has to go",
    "Security review: {} holds Driftview without reason. Revoke",
    "take away Driftview from {}",
    "{} does not need Driftview any longer, remove it",
    "{} got a new laptop and Sprigboard is missing there. can you add it",
    "install Sprigboard on the laptop of {}",
    "{} misses Sprigboard on the laptop",
    "{}'s inbox is bursting, please give it more room",
    "mails to {} come back, mailbox full. can you enlarge it?",
    "for {}: account is locked and the mailbox is full",
    "{} asked me to tell you that the account is locked",
    "{} is on holiday, mailbox full, please enlarge it",
    "{} cannot receive mail, mailbox full",
    "{}'s laptop has a blue screen",
    "the laptop of {} does not start",
    "{} spilled coffee over the laptop, it is dead",
    "vpn of {} keeps dropping",
    "{} cannot connect to the vpn from home",
    "{} has their last day on Friday",
    "our freelancer {} leaves tomorrow, all rights should go",
    "{} moves to Finance on Monday",
    "I'd like {} removed from Driftview",
    "I want {} to have access to Driftview",
    "my colleague {} has been locked out",
    "could someone help {}, account locked",
)
"""Somebody is the subject or the object of the need."""
MENTIONED = (
    "as {} told me, I need access to Driftview",
    "{} said I should ask for access to Driftview",
    "{} told me to ask you for a password reset",
    "I need Driftview, like {} has",
    "{} is my manager. I am locked out",
    "my account is locked, please ask {} if you need a confirmation",
    "please unlock my account, cc {}",
    "Hi {}, my account is locked",
    "Dear {}, I forgot my password",
    "my mailbox is full. Thanks, {}",
    "I need access to Driftview, {} approved it",
    "I sit next to {} and my laptop is dead",
    "I spoke to {} and need Driftview on my laptop",
    "I work for {}, my vpn keeps dropping",
    "{}, can you unlock my account?",
    "please install Sprigboard on my laptop, {} said it is fine",
    "{} is on holiday, can you unlock me",
    "my manager is {}. please reset my password",
)
"""The need is the writer's; somebody else is spoken of."""
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def gazetteer():
    return build_gazetteer(people=COMPANY.people, apps=COMPANY.apps, devices=COMPANY.devices, services=COMPANY.services)


def targets(say_in, gazetteer, text, person):
    """For whom each personal need of the text is, written by somebody of another name."""
    names = set(person.name.split())
    writer = next(one for one in COMPANY.people if not names & set(one.name.split()))
    return [one.slots.get("for") for one in say_in(gazetteer, text, writer.id) if one.need in PERSONAL]


@QUIET
@given(person=st.sampled_from(COMPANY.people), frame=st.sampled_from(NAMED))
def test_who_is_named_for_a_need_gets_it_or_is_asked_about(say_in, gazetteer, person, frame):
    assert set(targets(say_in, gazetteer, frame.format(person.name), person)) <= {person.id, "?"}


@QUIET
@given(person=st.sampled_from(COMPANY.people), frame=st.sampled_from(MENTIONED))
def test_who_is_only_mentioned_gets_nothing(say_in, gazetteer, person, frame):
    assert set(targets(say_in, gazetteer, frame.format(person.name), person)) <= {None}


def test_it_is_not_asked_where_it_is_plainly_said(say_in, gazetteer):
    person = next(one for one in COMPANY.people if sum(other.name == one.name for other in COMPANY.people) == 1)
    plain = [
        one
        for one in NAMED
        if one
        not in ("{} asked me to tell you that the account is locked", "locked out: {}", "Please unlock. It is {}.")
    ]
    found = [targets(say_in, gazetteer, frame.format(person.name), person) for frame in plain]
    assert {who for one in found for who in one} == {person.id}
    assert sum(map(bool, found)) >= 0.9 * len(plain)


def test_a_guest_who_says_who_they_are_speaks_for_themselves(say):
    (finding,) = say("its Aisha Khan, im travelling and locked out, unlock me pls", writer=None)
    assert (finding.need, finding.slots) == ("account_unlock", {})


def test_a_writer_on_record_who_takes_another_name_is_asked(say):
    (finding,) = say("its Aisha Khan, im travelling and locked out, unlock me pls")
    assert (finding.need, finding.slots) == ("account_unlock", {"for": "?"})


def test_it_is_taken_from_who_is_named(say):
    (finding,) = say("take away figma from Aisha Khan, they annoy me with comments")
    assert finding.slots == {"app": "figma", "for": "p008", "person": "p008"}
