"""Noise, what was held back, what is unclear, who told it, what the map lacks. Pure; the most telling rows first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tickless.stages.measure.week.facts import Facts, opened
from tickless.stages.measure.week.mending import Came, flaps, proposal
from tickless.stages.measure.week.shape import Row, Section, linked
from tickless.stages.measure.week.transitions import Doings, Key
from tickless.stages.measure.week.wording import MOST, TITLE, counted, day, moment, section, times

SURE = 0.95
"""An edge that is less sure is worth a look."""
_REASONS = {
    "silenced": "silenced by people", "maintenance": "planned work", "inhibited": "explained by something broken below",
    "flapping": "flapping", "transient": "given a moment to heal alone",
}  # fmt: skip


def noisy(facts: Facts, doings: Mapping[Key, Doings]) -> Section:
    """The alerts that fired most, each with what could be done."""
    everything = sum(one.fired for one in doings.values())
    held = Counter((one.source, one.fingerprint) for one in facts.holds)
    leads = {one.id: one for one in facts.cases}
    loud = sorted((key for key in doings if doings[key].fired > 1), key=lambda key: (-doings[key].fired, key))
    rows = []
    for key in loud[: 4 * MOST]:
        alert, did = facts.alerts.get(key), doings[key]
        case = leads.get(alert.case or "") if alert else None
        own = case is not None and alert is not None and (case.service, case.need) == (alert.service, alert.need)
        standing = (facts.until - alert.occurred_at).total_seconds() / 60 if alert and alert.state == "firing" else 0.0
        came = Came(int(own), int(case is not None and not own), held[key], standing)
        rows.append(
            Row(
                what=alert.title.tame(TITLE) if alert else f"an alert of {key[0]}",
                count=did.fired,
                do=proposal(did, came),
                service=alert.service if alert else None,
                cases=(case.number,) if case else (),
                told=f"{key[0]}: fired {times(did.fired)}{_typical(did)}{', comes and goes' if flaps(did) else ''}",
            )
        )
    share = sum(one.count for one in rows[:10]) / everything if everything else 0.0
    told = f"The ten loudest made {share:.0%} of all alerts." if rows else "No alert fired twice."
    return section("noisy", "What only makes noise", told, rows)


def held(facts: Facts) -> Section:
    """What was held back from cases, by reason, and what became of it."""
    rows = []
    for reason, name in _REASONS.items():
        some = [one for one in facts.holds if one.reason == reason]
        if not some:
            continue
        ends = Counter(one.end or "still held" for one in some)
        different = counted(len({(one.source, one.fingerprint) for one in some}), "alert")
        rows.append(
            Row(
                what=name,
                count=len(some),
                told=f"{different}: {ends['resolved']} over meanwhile, "
                f"{ends['handed_back']} handed back to cases, {ends['still held']} held still",
                do=_ask(reason, some),
            )
        )
    count = sum(one.count for one in rows)
    told = (
        f"{times(count).capitalize()} an alert was held back, each with a reason and an end."
        if rows
        else "Nothing was held back."
    )
    return section("held", "What was held back, and why", told, rows)


def unclear(facts: Facts) -> Section:
    """What nobody could place: unknown trouble, unknown service, cases that look like one."""
    cases = opened(facts, "machine")
    unknown = [one for one in cases if one.need in {None, "unknown"}]
    nowhere = [one for one in cases if one.service is None and one.need != "heartbeat_missed"]
    rows = []
    if unknown:
        rows.append(
            Row(
                what="alerts of a kind that nobody has named",
                count=len(unknown),
                cases=linked(unknown),
                told=f"such as “{unknown[-1].title.tame(80)}”",
                do="Name them in the source's mapping, or in the alert's labels.",
            )
        )
    if nowhere:
        rows.append(
            Row(
                what="cases of no known service",
                count=len(nowhere),
                cases=linked(nowhere),
                told=f"such as “{nowhere[-1].title.tame(80)}”",
                do="Give the alert a label named service, or the service an alias.",
            )
        )
    if facts.doubts:
        rows.append(
            Row(
                what="pairs of cases that look like one",
                count=facts.doubts,
                do="Merge them, or say that they are not one: /storms.",
            )
        )
    unranked = [one for one in cases if one.impact.criticality is None]
    if unranked:
        rows.append(
            Row(
                what="cases whose impact nobody knows",
                count=len(unranked),
                cases=linked(unranked),
                do="Say on the map how critical these services are.",
            )
        )
    return section(
        "unclear", "What is unclear", "These need somebody who knows." if rows else "Everything could be placed.", rows
    )


def senders(facts: Facts, doings: Mapping[Key, Doings]) -> Section:
    """Sources that were silent, told late or out of order, or cannot be read."""
    rows = [
        Row(
            what=one.title.tame(TITLE),
            count=1,
            cases=(one.number,),
            told=f"silent since {moment(one.opened_at)}"
            + ("" if one.live or one.state == "handed_off" else ", heard again"),
            do="Is it still meant to send?" if one.live else "",
        )
        for one in sorted(opened(facts), key=lambda one: "source:" not in (one.subject or ""))
        if one.need == "heartbeat_missed"
    ]
    late: Counter[str] = Counter()
    disordered: Counter[str] = Counter()
    for (source, _), one in doings.items():
        late[source] += one.late
        disordered[source] += one.disordered
    rows += [
        Row(
            what=f"{source} told {counted(late[source], 'resolve')} late, {disordered[source]} out of order",
            count=late[source] + disordered[source],
            told="none was lost: the newest news of an alert holds, whenever it arrives",
        )
        for source in sorted(late)
        if late[source] + disordered[source]
    ]
    rows += [
        Row(
            what=f"{source}: payloads that cannot be read",
            count=count,
            do="Mend the mapping and replay them: /quarantine.",
        )
        for source, count in sorted(facts.quarantined.items())
        if count
    ]
    return section(
        "senders",
        "Sources",
        f"{counted(len(rows), 'thing')} about those who send." if rows else "Every source was heard, in order.",
        rows,
    )


def on_the_map(facts: Facts) -> Section:
    """Edges that were learnt, or are not sure, to be confirmed or denied."""
    unsure = [edge for edge in facts.world.dependencies if edge.confidence < SURE]
    unsure.sort(key=lambda edge: (-edge.confidence, edge.service, edge.needs))
    rows = [
        Row(
            what=f"{facts.name(edge.service)} needs {facts.name(edge.needs)}",
            count=round(edge.confidence * 100),
            service=edge.service,
            told=f"{edge.source}, {edge.confidence:.0%} sure, last seen {day(edge.last_seen)}",
            do="Confirm it, or say that it is wrong.",
            edge=(edge.service, edge.needs),
        )
        for edge in unsure
    ]
    return section(
        "map",
        "Edges to confirm",
        f"Not sure: {counted(len(unsure), 'edge')} of the map." if rows else "Nothing on the map is in doubt.",
        rows,
    )


def _typical(did: Doings) -> str:
    return f", usually for {did.median_minutes:.0f} minutes" if did.median_minutes and did.median_minutes >= 1 else ""


def _ask(reason: str, some: Sequence[object]) -> str:
    if reason == "flapping" and len(some) > MOST:
        return "Mend the thresholds of those that flap most: see what only makes noise."
    return ""
