"""The runbook of `docs/start/first-runbook.md`, from a file to verified runs, by two people in the console."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from tests.story.stage import Stage

PAGE = Path(__file__).parents[2] / "docs" / "start" / "first-runbook.md"
FILE = re.findall(r"^```yaml\n(runbook: .*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[-1]
ID = "vpn.before-travel"


@pytest.fixture(scope="module")
def stage(make_stage: Callable[..., Any]) -> Iterator[Stage]:
    with make_stage(default_rung="suggest") as made:
        yield made


class Browser:
    """Somebody who is signed in to the console, and their forms."""

    def __init__(self, stage: Stage, role: str) -> None:
        self.person = stage.cast.draw(lambda one: one.employment == "employee")
        entrance = stage.house.entrance
        user = entrance.create_user(self.person.username, roles=[role], person=self.person.id)
        session = entrance.redeem_link(entrance.make_link(user), address="127.0.0.1")
        self.client = TestClient(
            stage.house.site, base_url="http://127.0.0.1", cookies={"tickless_session": session.token}
        )

    def press(self, page: str, path: str, **fields: str) -> httpx2.Response:
        """Fill in the form of a page, and send it to that path; where it leads to."""
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.client.get(page).text)
        assert csrf is not None, page
        return self.client.post(path, data={"csrf": csrf[1], **fields}, headers={"Origin": "http://127.0.0.1"})


def test_a_strangers_runbook_goes_from_a_file_to_a_rung_by_itself(stage: Stage) -> None:
    author, signer = Browser(stage, "operator"), Browser(stage, "admin")
    who = stage.cast.draw(lambda one: one.employment == "employee")

    def work(deed: str, **more: str) -> str:
        return author.press("/architect", "/architect", deed=deed, text=FILE, **more).text

    assert ">compiles<" in work("look")
    planned = work("rehearse", inputs=f"person={who.username}")
    assert "nothing was changed" in planned
    assert "would change" in planned
    assert "it is so already: nothing to wait for" in planned
    lost = work("rehearse", inputs="person=nobody.at.all")
    assert "Nothing on record is the person" in lost
    assert "runbook: vpn.before-travel" in lost, "what was written is still there"
    assert "Would have run 0 times" in work("replay")
    assert ID not in stage.house.rooms.runbooks, "a draft never runs"

    proposed = author.press("/architect", "/architect", deed="propose", text=FILE, note="before the holidays")
    proposal = proposed.url.path
    assert author.press("/architect", f"{proposal}/sign", reason="it is mine").status_code == 403
    assert ID not in stage.house.rooms.runbooks
    assert ID in signer.press(proposal, f"{proposal}/sign", reason="I tried it").url.path
    assert ID in stage.house.rooms.runbooks

    told = stage.talk(who).say("I will be abroad from monday, please renew my vpn profile before").ends()
    assert (told.case.need, told.case.outcome) == ("vpn_before_travel", "handed_off"), "it only suggests itself"
    assert stage.effects("vpn.renew_profile") == []
    behind = signer.press(f"/runbooks/{ID}", f"/runbooks/{ID}/rung", rung="auto")
    assert "Where a stricter bar holds it stays behind" in behind.text, "the gateway is mission critical"
    for scope in ("criticality:1", "criticality:2"):
        assert (
            signer.press(f"/autonomy/{ID}", f"/autonomy/{ID}", rung="auto", scope=scope, reason="tried").status_code
            == 200
        )
    other = stage.cast.draw(lambda one: one.employment == "employee")
    story = stage.talk(other).say("business trip next week, can you renew my vpn profile beforehand").ends()
    assert (story.case.need, story.case.outcome) == ("vpn_before_travel", "verified")
    waited = next(one for one in story.receipts if one.step == "gateway")
    assert (waited.state, waited.output) == ("done", {"held": True})
    assert len(stage.effects("vpn.renew_profile")) == 1


def test_what_never_becomes_so_fails_and_nothing_is_changed(stage: Stage) -> None:
    """The gateway is down: the wait ends, people take over, and the profile is as it was."""
    impatient = FILE.replace("within: 10m", "within: 1s, every: 1s").replace("revision: 0.1.0", "revision: 0.2.0")
    impatient = impatient.replace(f"runbook: {ID}", "runbook: vpn.impatient").replace(
        "vpn_before_travel", "vpn_impatient"
    )
    impatient = impatient.replace("${{ result.up }}", "${{ result.sessions < 0 }}")
    author, signer = Browser(stage, "operator"), Browser(stage, "admin")
    proposal = author.press("/architect", "/architect", deed="propose", text=impatient).url.path
    signer.press(proposal, f"{proposal}/sign", reason="to see it fail")
    for scope in ("", "criticality:1", "criticality:2"):
        signer.press(
            "/autonomy/vpn.impatient", "/autonomy/vpn.impatient", rung="auto", scope=scope, reason="to see it fail"
        )
    before = len(stage.effects("vpn.renew_profile"))
    person = stage.cast.draw(lambda one: one.employment == "employee")
    case = asyncio.run(
        stage.house.desk.run("vpn.impatient", {"person": person.username}, by=person.id, reason="to see it fail")
    )
    assert stage.over(id=case.id).outcome == "handed_off"
    assert len(stage.effects("vpn.renew_profile")) == before
    page = author.client.get(f"/cases/{case.number}").text
    assert f"for {person.name}." in page
    assert "run:vpn" not in page
