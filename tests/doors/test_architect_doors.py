"""The architect through the API, the console and the command line: described, proposed, signed by somebody else, refused."""

from __future__ import annotations

import re

from tests.doors.conftest import Place

from tickless.flow.keeping import Keeper

UNLOCK = (
    "When somebody says they are locked out, check that their account is enabled. Unlock the "
    "account, check that it is no longer "
    "locked, and tell them they can sign in again. Reboot the printer as well."
)


def test_described_proposed_and_never_signed_by_its_author(place: Place) -> None:
    with place.client() as http:
        found = http.post("/api/v1/architect/describe", json={"description": UNLOCK}).json()
        assert (found["compiles"], found["impossible"]) == (True, False)
        assert [gap["words"] for gap in found["gaps"]] == ["reboot the printer as well"]
        assert found["played"]["end"] == "verified"
        assert found["beside"] == "directory.unlock-account"
        body = {"text": found["text"], "description": UNLOCK, "method": found["method"], "gaps": ["the printer"]}
        made = http.post("/api/v1/proposals", json=body)
        assert made.status_code == 201
        proposal = made.json()
        assert found["runbook"] not in [one["id"] for one in http.get("/api/v1/runbooks").json()["items"]]
        own = http.post(f"/api/v1/proposals/{proposal['id']}/sign", json={})
        assert own.status_code == 403
        shown = http.get(f"/api/v1/proposals/{proposal['id']}").json()
        assert (shown["state"], shown["gaps"], shown["described"]) == ("proposed", ["the printer"], UNLOCK)
        assert found["runbook"] in http.get(f"/proposals/{proposal['id']}").text
        taken = http.post(f"/api/v1/proposals/{proposal['id']}/refuse", json={"reason": "not yet"}).json()
        assert taken["state"] == "withdrawn"
        assert http.post(f"/api/v1/proposals/{proposal['id']}/refuse", json={"reason": "again"}).status_code == 409
        rows = http.get("/api/v1/audit?limit=50").json()["items"]
        assert {"architect.described", "runbook.proposed", "runbook.withdrawn"} <= {row["action"] for row in rows}


def test_what_must_not_be_is_no_draft(place: Place) -> None:
    with place.client() as http:
        found = http.post(
            "/api/v1/architect/describe", json={"description": "Delete the audit record every week."}
        ).json()
        assert (found["impossible"], found["text"]) == (True, "")
        assert found["refused"][0]["why"]
        assert http.post("/api/v1/architect/describe", json={"description": ";;"}).status_code == 422
        assert http.post("/api/v1/proposals", json={"text": "runbook: x.y"}).status_code == 422


def test_an_edited_draft_is_looked_at_again(place: Place) -> None:
    with place.client() as http:
        found = http.post(
            "/api/v1/architect/describe", json={"description": UNLOCK, "name": "account.unlock-it"}
        ).json()
        assert found["runbook"] == "account.unlock-it"
        broken = re.sub(r"(?s)verify:.*?say:", "say:", found["text"])
        again = http.post("/api/v1/architect/look", json={"text": broken}).json()
        assert not again["compiles"]
        assert "nothing proves that it worked" in [one["reason"] for one in again["problems"]]


def test_the_page_draws_a_draft_beside_what_each_sentence_became(place: Place) -> None:
    with place.client() as http:
        page = http.get("/architect")
        assert page.status_code == 200
        assert "In plain words" in page.text
        assert http.get("/proposals").status_code == 200


def test_signed_by_somebody_else_it_holds_and_only_suggests_itself(place: Place) -> None:
    with place.client() as http:
        found = http.post(
            "/api/v1/architect/describe", json={"description": UNLOCK, "name": "account.unlock-signed"}
        ).json()
        proposal = http.post("/api/v1/proposals", json={"text": found["text"]}).json()
        desk = place.sample.house.desk.architect
        signed = desk.publish(proposal["id"], by=Keeper("user:second"), reason="looked at it")
        assert signed.state == "published"
        listed = {one["id"]: one for one in http.get("/api/v1/runbooks").json()["items"]}
        assert listed["account.unlock-signed"]["rung"] == "suggest"
        higher = found["text"].replace("revision: 0.1.0", "revision: 0.2.0")
        low = http.post("/api/v1/proposals", json={"text": found["text"].replace("within: 60s", "within: 90s")})
        assert low.status_code == 409, "a revision says what was changed"
        more = http.post("/api/v1/proposals", json={"text": higher.replace("within: 60s", "within: 90s")}).json()
        desk.publish(more["id"], by=Keeper("user:second"))
        states = {one["id"]: one["state"] for one in http.get("/api/v1/proposals").json()["items"]}
        assert (states[proposal["id"]], states[more["id"]]) == ("replaced", "published")
        assert http.get("/api/v1/runbooks/account.unlock-signed").json()["revision"] == "0.2.0"
        actions = [row["action"] for row in http.get("/api/v1/audit?limit=80").json()["items"]]
        assert "runbook.signed" in actions
