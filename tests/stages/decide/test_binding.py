"""Binding: every input is bound or said to be missing, from what is known and nothing else, and a plan can be hashed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import case
from tests.stages.decide.test_choose import runbook

from tickless.domain.case import Case
from tickless.domain.person import App, Device, Person
from tickless.domain.runbook import InputType, Runbook, RunbookInput
from tickless.domain.service import ConfigurationItem, Service
from tickless.domain.world import World
from tickless.kit.canonical import digest
from tickless.stages.decide.binding import bind

ANN = Person(id="p1", username="ann", name="Ann", email="ann@x.example", department="d")
BOB = Person(id="p2", username="bob", name="Bob", email="bob@x.example", department="d")
WORLD = World.of(
    people=[ANN, BOB],
    apps=[App(id="crm", name="CRM"), App(id="hr", name="HR")],
    devices=[Device(id="d1", tag="LT-1", kind="laptop", model="m", owner="p1"),
             Device(id="d2", tag="LT-2", kind="laptop", model="m", owner="p2"),
             Device(id="d3", tag="LT-3", kind="laptop", model="m", owner="p2")],
    services=[Service(id="shop", name="Shop", aliases=("store",))],
    items=[ConfigurationItem(id="i1", kind="process", name="shop-web", service="shop"),
           ConfigurationItem(id="i2", kind="disk", name="/var", service="shop")],
)  # fmt: skip
TYPES: list[InputType] = ["person", "device", "app", "service", "ci", "text", "number", "duration"]


def serving(**inputs: RunbookInput) -> Runbook:
    return runbook().model_copy(update={"inputs": inputs})


def known(requester: str | None = "p1", service: str | None = None, **inputs: str) -> Case:
    return case(1, requester=requester, service=service, inputs=inputs)


words = st.sampled_from(["p1", "ann", "ANN@x.example", "crm", "LT-1", "d2", "shop", "Store", "shop-web", "/var", "3", "nan",
                         "inf", "-1e999", "", "x|y", "nobody"]) | st.text(max_size=8)  # fmt: skip


@given(kind=st.sampled_from(TYPES), source=st.sampled_from([None, "requester", "message", "signal", "service"]),
       optional=st.booleans(), said=st.none() | words, labelled=st.none() | words, several=st.none() | words,
       requester=st.sampled_from([None, "p1", "p2", "gone"]), service=st.sampled_from([None, "shop", "gone"]),
       ci=st.sampled_from([None, "process", "pool"]))  # fmt: skip
def test_every_input_is_bound_or_missing_and_can_be_hashed(
    kind: InputType, source: str | None, optional: bool, said: str | None, labelled: str | None, several: str | None,
    requester: str | None, service: str | None, ci: str | None,
) -> None:  # fmt: skip
    wanted = RunbookInput(type=kind, source=source, optional=optional, label=("l",), kind=ci)
    inputs = {name: text for name, text in (("x", said), ("label:l", labelled), ("x?", several)) if text is not None}
    bound = bind(serving(x=wanted), known(requester, service, **inputs), WORLD)
    assert {*bound.inputs} == {"x"}
    missing = [one.name for one in bound.missing]
    assert missing == ([] if optional or bound.inputs["x"] is not None else ["x"])
    assert all(one.ask for one in bound.missing)
    assert len(digest(bound.inputs)) == 64
    if isinstance(bound.inputs["x"], dict):
        everything = {*WORLD.people, *WORLD.apps, *WORLD.devices, *WORLD.services, *WORLD.items}
        assert bound.inputs["x"]["id"] in everything


def test_a_person_is_the_requester_unless_somebody_else_is_named_or_it_is_unclear() -> None:
    one = serving(person=RunbookInput(type="person", source="requester"))
    assert bind(one, known("p1"), WORLD).inputs["person"]["id"] == "p1"
    assert bind(one, known("p1", person="p2"), WORLD).inputs["person"]["id"] == "p2"
    unclear = bind(one, known("p1", **{"person?": "p1|p2"}), WORLD)
    assert unclear.inputs["person"] is None
    assert unclear.missing[0].choices == ("Ann (d, ann)", "Bob (d, bob)")
    assert bind(one, known("p1", person="somebody unknown"), WORLD).inputs["person"] is None


def test_a_device_is_guessed_only_when_there_is_one() -> None:
    one = serving(
        person=RunbookInput(type="person", source="requester"), device=RunbookInput(type="device", source="requester")
    )
    assert bind(one, known("p1"), WORLD).inputs["device"] == {"id": "d1", "tag": "LT-1"}
    assert bind(one, known("p2"), WORLD).inputs["device"] is None
    assert bind(one, known("p2"), WORLD).missing[0].choices == ("LT-2", "LT-3")
    assert bind(one, known("p1", person="p2"), WORLD).inputs["device"] is None
    assert bind(one, known("p2", device="d3"), WORLD).inputs["device"]["id"] == "d3"


def test_a_label_names_services_and_items() -> None:
    one = serving(service=RunbookInput(type="service", source="service", label=("service",)),
                  process=RunbookInput(type="ci", source="signal", label=("process",), kind="process"))  # fmt: skip
    labelled = bind(one, known(None, **{"label:service": "STORE", "label:process": "shop-web"}), WORLD)
    assert (labelled.inputs["service"]["id"], labelled.inputs["process"]["id"]) == ("shop", "i1")
    of_case = bind(one, known(None, "shop"), WORLD)
    assert (of_case.inputs["service"]["id"], of_case.inputs["process"]["id"]) == ("shop", "i1")
    assert bind(one, known(None, "shop", **{"label:process": "/var"}), WORLD).inputs["process"]["id"] == "i1"


def test_defaults_and_enums() -> None:
    one = serving(
        size=RunbookInput(type="text", enum=("s", "m"), default="m"), days=RunbookInput(type="number", default=0)
    )
    assert bind(one, known(size="s", days="2.5"), WORLD).inputs == {"size": "s", "days": 2.5}
    assert bind(one, known(size="xxl", days="soon"), WORLD).inputs == {"size": "m", "days": 0}
