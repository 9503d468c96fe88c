"""Major incidents through the API, the console and the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.doors.practice_site import PracticeSite, look, practice_site, send


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeSite]:
    with practice_site(tmp_path_factory.mktemp("major")) as made:
        yield made


def test_a_rehearsal_in_the_console(site: PracticeSite) -> None:
    ada = site.browser("ada")
    page = send(ada, "/major", "/major/rehearsals", title="Friday drill", service="db")
    assert page.one("h1").text == "Rehearsal: Friday drill"
    (played,) = site.api("ada").get("/api/v1/major-incidents?state=rehearsing").json()["items"]
    site.room.on(minutes=6)
    assert "Played alerts" in look(ada, f"/major/{played['id']}").one("main").text
    page = send(
        ada,
        "/major",
        "/major",
        case="",
        rehearsal=played["id"],
        commander="ada",
        communications="cy",
        specialists="fay",
    )
    key = played["id"]
    send(ada, f"/major/{key}", f"/major/{key}/update", text="<b>Down</b>", minutes="30")
    send(ada, f"/major/{key}", f"/major/{key}/note", text="a look at the logs")
    send(ada, f"/major/{key}", f"/major/{key}/cause", service="db")
    assert "<b>Down</b>" in look(ada, f"/major/{key}/news").one("main").text
    assert site.browser("dee").get(f"/major/{key}/news").status_code == 404, "a rehearsal is not for everybody"
    page = send(ada, f"/major/{key}", f"/major/{key}/stand-down", text="")
    assert "Score" in page.one("main").text
    send(
        ada,
        f"/major/{key}",
        f"/major/{key}/review",
        text="We shall name the roles sooner, and write the first news at once.",
    )
    assert "reviewed" in look(ada, "/major").one("main").text


def test_in_earnest_through_the_api_and_the_command_line(site: PracticeSite) -> None:
    site.room.tell("shop-down", "firing", service="shop", severity="critical")
    site.room.tick()
    api = site.api("ada")
    (found,) = api.get("/api/v1/major-incidents/candidates").json()["items"]
    assert str(found["case"]) in site.cli("ada", "major", "candidates")
    made = site.cli("ada", "major", "declare", f"case={found['case']}", "commander=ada", "communications=cy", "specialists=fay",
                    "--json")  # fmt: skip
    key = made["id"]
    assert "Next news" in api.get(f"/api/v1/major-incidents/{key}/template").json()["text"]
    assert "Next news" in site.cli("cy", "major", "template", key)
    site.cli("cy", "major", "update", key, "text=The shop is down.", "minutes=20")
    site.cli("ada", "major", "note", key, "text=the store is full")
    site.cli("ada", "major", "cause", key, "service=db")
    site.cli("ada", "major", "roles", key, "commander=cy", code=1)
    assert api.put(f"/api/v1/major-incidents/{key}/roles", json={"bridge": "javascript:alert(1)"}).status_code == 422
    assert "the page with the news" in look(site.browser("ada"), f"/major/{key}").one("main").text
    assert look(site.browser("dee"), f"/major/{key}/news")
    shared_outside(site, key)
    site.cli("ada", "major", "stand-down", key, "text=It works again.")
    draft = api.get(f"/api/v1/major-incidents/{key}/review").json()["text"]
    assert "stood down" in draft
    site.cli("ada", "major", "review", key, f"text={draft}")
    assert "reviewed" in site.cli("ada", "major", "list")
    assert key in site.cli("ada", "major", "show", key)
    assert "rehearsing" in site.cli("ada", "major", "rehearse", "service=shop")


def shared_outside(site: PracticeSite, key: str) -> None:
    """Nobody outside reads the news unless the house allows it; then by a link that is made, and withdrawn, by hand."""
    nobody = TestClient(site.room.house.site, base_url="http://127.0.0.1")
    site.cli("ada", "major", "share", key, code=1)
    assert "News without an account" not in look(site.browser("ada"), f"/major/{key}").one("main").text
    site.room.desk.major.news.allowed = True
    first = site.cli("ada", "major", "share", key).strip()
    assert "The shop is down." in look(nobody, first).one("main").text
    assert nobody.get(f"/major/{key}/news", follow_redirects=False).status_code == 303
    text = send(site.browser("ada"), f"/major/{key}", f"/major/{key}/share").one("main").text
    second = re.search(r"/news/\S+", text)
    assert second is not None
    assert (nobody.get(first).status_code, nobody.get(second[0]).status_code) == (404, 200)
    assert site.browser("bo").post(f"/major/{key}/unshare", data={"csrf": "x"}).status_code == 403
    site.cli("ada", "major", "unshare", key)
    assert nobody.get(second[0]).status_code == 404
