"""What is behind a case is told where people look: on its page, by the API, on the command line; with what speaks for it."""

from __future__ import annotations

import httpx
from tests.story.stage import Stage
from tests.waiting import until

from tickless.app.demo_storm import post_alerts, storm
from tickless.app.serving import local_user
from tickless.domain.case import Case


def test_a_storm_of_one_cause_names_it_and_says_why(stage: Stage) -> None:
    company = stage.sample.company
    stage.estate.fault("kill", "stock-db")
    post_alerts(stage.url, stage.token, storm(company, "stock-db", 60))
    done = stage.over(subject="service:stock-db", need="service_down")
    until(lambda: _first(_case(stage, done)) == "stock-db")  # it is weighed anew as the case grows
    cause = _case(stage, done).cause
    assert cause is not None
    assert all(one.because for one in cause.suspects)
    assert {why.source for why in cause.suspects[0].because} >= {"class"}
    assert "Stock" in cause.why
    told = httpx.get(f"{stage.url}/api/v1/cases/{done.number}/story", headers=_reader(stage), timeout=30).json()[
        "cause"
    ]
    assert (told["suspects"][0]["node"], told["named"], told["why"]) == (cause.suspects[0].node, cause.named, cause.why)


def _first(case: Case) -> str | None:
    return case.cause.suspects[0].node if case.cause and case.cause.suspects else None


def _case(stage: Stage, case: Case) -> Case:
    with stage.house.journal.read() as tx:
        return tx.cases.need(case.id)


def _reader(stage: Stage) -> dict[str, str]:
    token = stage.house.entrance.create_token("reads", user=local_user(stage.house), scopes=["read"])
    return {"Authorization": f"Bearer {token.token}"}
