"""Groups, places, times, relations, other people's devices, and access by somebody's example."""

import datetime as dt

import pytest

from tickless.domain.person import App, Device, Person
from tickless.domain.service import Service
from tickless.stages.understand import build_gazetteer
from tickless.stages.understand.times import find_times

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)  # a Monday


def linked(findings, kind):
    return [one.ref for finding in findings for one in finding.entities if one.kind == kind]


@pytest.mark.parametrize("said", ["my boss", "my manager", "my line manager", "My team lead", "my supervisor"])
def test_the_manager_is_known_by_what_they_are(say, said):
    (finding,) = say(f"reset the password of {said}")
    assert finding.slots == {"for": "role:manager"}
    assert linked([finding], "person") == ["p009"]


@pytest.mark.parametrize("said", ["my boss's assistant", "Aisha's assistant", "my manager's wife", "Sofia's manager"])
def test_somebody_of_somebody_is_neither_of_the_two(say, said):
    (finding,) = say(f"please reset the password of {said}")
    assert finding.slots["for"] == "?"


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("the laptop of Maria does not start", "d2"),
        ("Maria has a problem, her laptop does not start", "d2"),
        ("maria's old laptop does not start", "d2"),
        ("my latpop is slow", "d1"),
    ],
)
def test_a_device_is_known_by_its_owner(say, text, device):
    assert linked(say(text), "device") == [device]


def test_her_is_not_who_told_it(say):
    assert linked(say("Maria told me that her laptop does not start"), "device") in ([], [None])


def test_mine_and_hers_are_one_report_about_the_service(say):
    (finding,) = say("my laptop AND Maria's can't reach the crm")
    assert (finding.need, finding.kind) == ("incident_report", "incident")
    assert finding.slots == {"service": "crm", "devices": "d1,d2", "affected": "p004"}


def test_a_new_laptop_is_the_one_issued_last(say_in):
    people = [Person(id="p1", username="a", name="Ada Obi", email="a@example.test", department="Sales")]
    first, second = (
        Device(id=f"d{n}", tag=f"LT-{n}", kind="laptop", model="x", owner="p1", issued=NOW + dt.timedelta(days=n))
        for n in (1, 2)
    )
    dated = build_gazetteer(people=people, apps=[], services=[], devices=[first, second])
    assert linked(say_in(dated, "my new laptop is slow", "p1"), "device") == ["d2"]
    assert linked(say_in(dated, "my laptop is slow", "p1"), "device") == [None]
    undated = [one.model_copy(update={"issued": None}) for one in (first, second)]
    unknown = build_gazetteer(people=people, apps=[], services=[], devices=undated)
    assert linked(say_in(unknown, "my new laptop is slow", "p1"), "device") == [None]


def _office(*people: tuple[str, str, str, tuple[str, ...]]):
    made = [
        Person(
            id=key,
            username=key,
            name=name,
            email=f"{key}@example.test",
            department=where,
            location="Porto",
            groups=groups,
        )
        for key, name, where, groups in people
    ]
    apps = [App(id="tally", name="Tally", group="app-tally")]
    return build_gazetteer(people=made, apps=apps, devices=[], services=[Service(id="wiki", name="Wiki")])


OFFICE = _office(
    ("p1", "Ada Obi", "Sales", ("dept-sales", "vpn-users")),
    ("p2", "Ben Roe", "Finance", ("dept-finance", "vpn-users")),
    ("p3", "Ada Lund", "Finance", ("dept-finance",)),
)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("the finance team can't open the wiki", "dept-finance"),
        ("everybody in finance is locked out", "dept-finance"),
        ("please add Ben Roe to vpn-users", "vpn-users"),
    ],
)
def test_groups_are_linked(say_in, text, group):
    assert group in linked(say_in(OFFICE, text, "p1"), "group")


def test_a_place_is_linked(say_in):
    assert linked(say_in(OFFICE, "nobody in the Porto office can open the wiki", "p1"), "location") == ["Porto"]


def test_writers_who_share_a_name_are_not_taken_for_the_other(say_in):
    for text in (
        "this is Ada, I'm locked out",
        "I'm locked out\n\nThanks\nAda",
        "Ada from Sales here, I am locked out",
    ):
        (finding,) = say_in(OFFICE, text, "p1")
        assert (finding.slots, linked([finding], "person")) == ({}, []), text
    (finding,) = say_in(OFFICE, "please unlock Ada", "p1")
    assert finding.slots == {"for": "?"}


@pytest.mark.parametrize(
    ("said", "ref"),
    [
        ("tomorrow", "2026-03-03"), ("on friday", "2026-03-06"), ("last friday", "2026-02-27"), ("by 1 April", "2026-04-01"),
        ("on 2026-05-01", "2026-05-01"), ("in a month or so", None), ("31 February", None),
    ],
)  # fmt: skip
def test_times_become_dates_where_they_are_clear(said, ref):
    assert next((one.ref for one in find_times(f"starts {said}", NOW)), None) == ref


@pytest.mark.parametrize(
    "text", ["same as Aisha Khan has", "I need the same access as Aisha Khan", "give me the same apps as Aisha Khan"]
)
def test_access_like_somebodys_names_the_example_and_nobody_else(say, text):
    (finding,) = say(text)
    assert (finding.need, finding.slots) == ("access_request", {"like": "p008"})


def test_an_unclear_example_is_asked_for(say):
    (finding,) = say("I need the same access as tom")
    assert finding.slots == {"like": "?"}
    assert finding.entities[0].alternatives == ("p002", "p003")


def test_an_example_is_never_the_one_who_asks(say):
    (finding,) = say("same as Aisha Khan has", writer=None)
    assert finding.slots["for"] == "?"


@pytest.mark.parametrize(
    "text", ["the scanner jams", "we should rob a bank", "I can't tally my receipts", "grant me two minutes"]
)
def test_everyday_words_are_nobody(say_in, text):
    assert linked(say_in(OFFICE, text, "p1"), "person") == linked(say_in(OFFICE, text, "p1"), "app") == []
