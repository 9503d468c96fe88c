"""The week: what it counts, what it proposes, and that nothing from outside formats it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.journal.samples import NOW, case

from tickless.domain.case import Impact
from tickless.domain.foretold import Fate, Foretold
from tickless.domain.hold import Hold
from tickless.domain.measure import Resolution
from tickless.domain.record import Untrusted
from tickless.domain.service import Dependency, Service
from tickless.domain.sighting import Crossing
from tickless.domain.world import World
from tickless.journal.alerts import Alert
from tickless.stages.measure.guard import Warned, Watch
from tickless.stages.measure.metrics.window import Window
from tickless.stages.measure.week import as_markdown, week_of
from tickless.stages.measure.week.facts import Facts
from tickless.stages.measure.week.mending import STANDS, Came, proposal
from tickless.stages.measure.week.transitions import Doings, Transition, doings_of

SINCE, MINUTE = NOW - dt.timedelta(days=7), dt.timedelta(minutes=1)


def news(fingerprint: str, firing: bool, minute: float, *, late: float = 0.0) -> Transition:
    at = SINCE + minute * MINUTE
    return Transition("prom", fingerprint, firing, at, at + late * MINUTE)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(0, 300), st.integers(0, 60)), min_size=1),
    st.randoms(use_true_random=False),
)
def test_what_an_alert_did_does_not_hang_on_the_order_in_which_it_was_told(
    told: list[tuple[str, bool, int, int]], chance: object
) -> None:
    heard = [news(key, firing, minute, late=late) for key, firing, minute, late in told]
    again = list(heard)
    chance.shuffle(again)  # type: ignore[attr-defined]
    first, second = doings_of(heard), doings_of(again)
    assert first.keys() == second.keys() == {one.key for one in heard}
    for key, did in first.items():
        other = second[key]
        assert (did.fired, did.healed, did.minutes, did.late) == (other.fired, other.healed, other.minutes, other.late)
        assert abs(did.fired - did.healed) <= 1, "it comes and goes in turn"
        assert len(did.minutes) <= min(did.fired, did.healed)
        assert all(minutes >= 0 for minutes in did.minutes)
        assert did.late <= sum(not one.firing for one in heard if one.key == key)
    ordered = doings_of(sorted(heard, key=lambda one: (one.occurred_at, not one.firing)))
    assert all(one.disordered == 0 for one in ordered.values())


def test_repeats_count_once_and_late_resolves_are_told() -> None:
    heard = [
        news("a", True, 0),
        news("a", True, 1),
        news("a", False, 10, late=30),
        news("a", True, 20),
        news("a", False, 22),
    ]
    did = doings_of(sorted(heard, key=lambda one: one.received_at))["prom", "a"]
    assert (did.fired, did.healed, did.minutes, did.late, did.disordered) == (2, 2, (10.0, 2.0), 1, 1)


def did(fired: int, minutes: float | None = None) -> Doings:
    return Doings(fired, fired, () if minutes is None else (minutes,) * fired, 0, 0, NOW)


def test_each_proposal_follows_from_what_the_alert_did() -> None:
    assert "mend what it tells of" in proposal(did(1), Came(own=1, standing_minutes=STANDS))
    assert "fire only after 8 minutes" in proposal(did(9, 4.0), Came(own=1))
    assert "never led a case" in proposal(did(3, 60.0), Came(joined=1))
    assert "whether anybody needs it" in proposal(did(3, 60.0), Came(held=3))
    assert "runbook" in proposal(did(9, 60.0), Came(own=1))
    assert proposal(did(2, 60.0), Came(own=1)) == ""


def facts() -> Facts:
    """Two outages of the shop, one of them handed off; a disk that fills; a silent source; an alert that flaps and is held."""
    world = World.of(
        services=[Service(id="shop", name="Shop", criticality=1)],
        dependencies=[Dependency(service="shop", needs="db", source="named in alerts", confidence=0.8, last_seen=NOW)],
    )
    impact = Impact(service="shop", criticality=1, priority=1, reason="critical")
    day = dt.timedelta(days=1)
    cases = [
        case(1, need="service_down", service="shop", subject="service:shop", opened_at=SINCE + day, state="resolved"),
        case(
            2,
            need="service_down",
            service="shop",
            subject="service:shop",
            opened_at=SINCE + 2 * day,
            state="handed_off",
        ),
        case(
            3,
            kind="risk",
            need="disk_filling",
            service="shop",
            subject="ci:shop:/var",
            opened_at=NOW - 3 * day,
            impact=impact,
        ),
        case(
            4,
            need="heartbeat_missed",
            service=None,
            subject="source:zabbix",
            opened_at=NOW - day / 2,
            title=Untrusted("zabbix is silent"),
        ),
        case(
            5,
            need=None,
            service=None,
            subject=None,
            opened_at=NOW - day / 2,
            title=Untrusted("*bold* [link](http://x) <b>\n# h"),
        ),
        case(6, need="service_down", service="shop", subject="service:shop", opened_at=SINCE + 3 * day, state="merged"),
    ]
    cases = [one.model_copy(update={"door": "machine"}) for one in cases]
    alert = Alert("flap", "prom", "resolved", cases[0].id, "shop", "cpu_high", Untrusted("CPU high"), NOW, 8)
    holds = [
        Hold(
            id=f"h{number}",
            source="prom",
            fingerprint="flap",
            reason="flapping",
            why="it flaps",
            by="tickless",
            signal="s",
            since=SINCE + number * MINUTE,
            until=NOW,
            ended_at=NOW,
            end="resolved",
        )
        for number in range(3)
    ]
    flapping = [news("flap", number % 2 == 0, number * 5) for number in range(16)]
    ends = [
        Resolution(
            id="r1",
            case=cases[0].id,
            outcome="verified",
            door="machine",
            need="service_down",
            runbook="service.restart",
            service="shop",
            seconds=30,
            minutes_saved=35,
            at=NOW,
        ),
        Resolution(
            id="r2", case=cases[1].id, outcome="handed_off", door="machine", need="service_down", seconds=30, at=NOW
        ),
    ]
    return Facts(
        since=SINCE,
        until=NOW,
        transitions=[*flapping, news("x", False, 9, late=20)],
        alerts={("prom", "flap"): alert},
        cases=cases,
        resolutions=ends,
        holds=holds,
        doubts=1,
        quarantined={"gcp": 2},
        world=world,
    )


def test_the_week_answers_its_questions() -> None:
    week = week_of(facts())
    assert week.figures["alerts"] == 8
    assert week.figures["cases_of_machines"] == 5, "what was merged away is counted with its whole"
    assert [(one.count, one.case) for one in week.section("repeating").rows] == [(2, 2)]
    assert [one.case for one in week.section("risky").rows] == [3]
    assert 3 in [one.case for one in week.section("ageing").rows]
    loud = week.section("noisy").rows[0]
    assert (loud.what, loud.count) == ("CPU high", 8)
    assert "fire only after" in loud.do
    assert week.section("held").rows[0].count == 3
    assert [one.case for one in week.section("unclear").rows if one.case] == [5, 5, 5]
    assert any("silent since" in one.told for one in week.section("senders").rows)
    assert any("1 resolve late" in one.what for one in week.section("senders").rows)
    assert [one.what for one in week.section("map").rows] == ["Shop needs db"]
    assert [one.what for one in week.section("automate").rows] == ["service down"]
    assert week.outcomes["verified"] == 1


def test_nothing_happened_is_said_so() -> None:
    week = week_of(Facts(since=SINCE, until=NOW))
    assert week.headline == ("Nothing was heard in these days.",)
    assert all(section.told and not section.rows for section in week.sections)
    assert week.figures["compression"] is None


def test_what_the_guard_warns_of_stands_in_the_report() -> None:
    def looked(name: str, *, flagged: bool) -> Warned:
        return Warned(id=name, kind="pair", title=f"Figure {name}", told="It fell, its counter rose.", do="Look at them.",
                      p=0.001, q=0.01, flagged=flagged, before=1.0, after=0.5, cases=("live:3", "live:7"))  # fmt: skip

    watch = Watch(Window(SINCE, NOW), (looked("a", flagged=True), looked("b", flagged=False)), ())
    section = week_of(facts(), watch=watch).section("misleading")
    assert section.told.startswith("1 figure changed")
    (row,) = section.rows
    assert (row.what, row.do, row.case) == ("Figure a", "Look at them.", 7)
    quiet = week_of(facts(), watch=Watch(Window(SINCE, NOW), (), ())).section("misleading")
    assert (quiet.rows, quiet.told[:15]) == ((), "No figure got b")


def test_texts_from_outside_format_nothing() -> None:
    text = as_markdown(week_of(facts()))
    assert "\\*bold\\* \\[link\\](http://x) \\<b\\>" in text
    assert "\n# h" not in text


def foretold(number: int, fate: Fate | None, *, prevented: int | None = None) -> Foretold:
    return Foretold(
        id=f"sgt_{number}", fingerprint=f"f{number}", source="telemetry", series="s", what="disk", limit=100.0,
        text=Untrusted(f"/var-{number} fills"), said_at=NOW, crossing=Crossing(likely=NOW + MINUTE), fate=fate,
        case=f"case_{number}", told="It came true." if fate == "came_true" else "",
    )  # fmt: skip


def test_what_was_foreseen_is_told_with_what_became_of_it_what_came_true_in_front() -> None:
    said = [foretold(1, "prevented"), foretold(2, None), foretold(3, "did_not"), foretold(4, "came_true")]
    week = week_of(Facts(since=SINCE, until=NOW, foretold=said, cases=[case(4)]))
    section = week.section("forecasts")
    assert section.told == "4 forecasts: 1 came true, 1 prevented, 1 did not come true, 1 still ahead."
    assert [row.what for row in section.rows] == ["/var-4 fills", "/var-2 fills", "/var-3 fills", "/var-1 fills"]
    assert section.rows[1].told.startswith("meets its limit about")
    assert (week.figures["forecasts"], week.figures["forecasts_true"], week.figures["forecasts_untrue"]) == (4, 1, 1)
    assert week_of(Facts(since=SINCE, until=NOW)).section("forecasts").told == "Nothing was foreseen to run out."
