"""The map in a company's life: a catalogue and traces fill it, people put it right, and open cases feel it."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request

from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.serving import local_user
from tickless.domain.case import Case
from tickless.flow.reassessing import Reassessing

CATALOGUE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: gift-finder, title: Gift finder}
spec: {type: service, lifecycle: production, owner: team-web, system: shop, dependsOn: ["component:catalog-api"]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop-web}
spec: {type: website, lifecycle: production, owner: team-web, system: shop, dependsOn: ["component:gift-finder"]}
"""


def post(stage: Stage, path: str, body: object, token: str) -> int:
    sent = urllib.request.Request(
        stage.url + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(sent, timeout=10) as answer:
        return int(answer.status)


def spans(caller: str, callee: str, times: int) -> dict[str, object]:
    now = int(dt.datetime.now(dt.UTC).timestamp() * 1e9)

    def resource(service: str, found: list[dict[str, object]]) -> dict[str, object]:
        named = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
        return {"resource": named, "scopeSpans": [{"spans": found}]}

    def span(number: int, end: str, parent: str) -> dict[str, object]:
        return {"traceId": f"{number:032x}", "spanId": f"{end}{number:015x}", "parentSpanId": parent, "name": "GET /",
                "kind": 2, "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 1_000_000)}  # fmt: skip

    callers = [span(n, "a", "") for n in range(1, times + 1)]
    callees = [span(n, "b", f"a{n:015x}") for n in range(1, times + 1)]
    return {"resourceSpans": [resource(caller, callers), resource(callee, callees)]}


def alert(stage: Stage, service: str) -> None:
    labels = {"alertname": "SomethingOdd", "service": service, "severity": "critical", "instance": service}
    one = {"labels": labels, "annotations": {}, "startsAt": dt.datetime.now(dt.UTC).isoformat(), "status": "firing",
           "fingerprint": f"odd-{service}"}  # fmt: skip
    body = {"version": "4", "status": "firing", "receiver": "t", "groupLabels": {}, "commonLabels": labels,
            "commonAnnotations": {}, "externalURL": "", "groupKey": "g", "alerts": [one]}  # fmt: skip
    assert post(stage, "/hooks/monitor", body, stage.token) < 300


def case_of(stage: Stage, service: str) -> Case:
    return until(lambda: next((one for one in stage.cases(service=service) if one.door == "machine"), None))


def needs(stage: Stage, service: str) -> set[str]:
    return set(stage.house.rooms.world().upstream_of(service, hops=1))


def test_a_catalogue_and_traces_draw_the_map_and_a_wrong_edge_is_put_right(stage: Stage) -> None:
    house = stage.house
    desk = house.desk.map
    drawn = desk.parse(CATALOGUE, form="backstage", name="shop.yaml", source="repos", by="p001")
    assert (drawn.count("added"), drawn.refused) == (4, ())
    assert "gift-finder" in needs(stage, "shop-web")
    assert house.rooms.world().services["gift-finder"].criticality is None, "nobody has said"

    made = house.entrance.create_token("otel", user=local_user(house), scopes=["signals:write"], source="otel")
    assert post(stage, "/v1/traces", spans("gift-finder", "search-api", 12), made.token) == 200
    seen = desk.sync("traces", by="system:map")
    assert ("dependency", "gift-finder → search-api") in {(one.kind, one.key) for one in seen.entries}
    assert needs(stage, "gift-finder") == {"catalog-api", "search-api"}

    alert(stage, "search-api")
    case = case_of(stage, "search-api")
    assert {"gift-finder", "shop-web"} <= set(case.impact.services)
    desk.judge("gift-finder", "search-api", "reject", by="p001", reason="these are the traces of a test")
    assert needs(stage, "gift-finder") == {"catalog-api"}
    Reassessing(house.rooms).look(house.rooms.clock.now())
    assert "gift-finder" not in stage.story(case).case.impact.services
    assert post(stage, "/v1/traces", spans("gift-finder", "search-api", 12), made.token) == 200
    desk.sync("traces", by="system:map")
    assert needs(stage, "gift-finder") == {"catalog-api"}, "a person's word stays"
    with house.journal.read() as tx:
        assert "case.impact" in [row.action for row in tx.audit.rows(case=case.id)]


def test_an_open_case_is_less_urgent_at_night_and_as_urgent_again_in_the_morning(stage: Stage) -> None:
    house = stage.house
    alert(stage, "report-builder")
    case = case_of(stage, "report-builder")
    desk, at = house.desk.map, house.rooms.clock.now()
    today = f"{at:%a}"
    other = f"{at + dt.timedelta(days=3):%a}"

    def priority() -> int:
        Reassessing(house.rooms).look(house.rooms.clock.now())
        return stage.story(case).case.impact.priority

    for name in case.impact.services:
        desk.state(name, {"hours": f"{other} 08:00-18:00"}, by="p001", reason="nobody works now")
    asleep = priority()
    assert asleep == min(case.impact.priority + 1, 4)
    assert stage.story(case).case.impact.in_hours is False
    for name in case.impact.services:
        desk.state(name, {"hours": f"{today} 00:00-24:00"}, by="p001", reason="everybody works now")
    assert priority() == case.impact.priority
    with house.journal.read() as tx:
        before = len(tx.audit.rows(case=case.id))
    assert priority() == case.impact.priority
    with house.journal.read() as tx:
        assert len(tx.audit.rows(case=case.id)) == before, "a repeat writes nothing"
