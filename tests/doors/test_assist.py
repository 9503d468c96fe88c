"""The assisted channel: transcripts and triage as pure rules, and the page and calls of the service desk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.browser.house import EMPLOYEE, MANAGER
from tests.browser.site import PASSWORD, Site, open_site

from tickless.stages.understand.transcripts import Turn, callers_words, is_transcript, read_transcript
from tickless.stages.understand.triage import PROMPTS, TOPICS, heard, kept_answers

LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30).map(
    lambda s: f"w{s}".replace(":", "")
)
TALK = st.lists(
    st.tuples(st.sampled_from(["Agent", "CALLER", "Service desk", "customer"]), LINE), min_size=1, max_size=12
)


@given(TALK)
def test_every_labelled_line_is_said_by_the_one_on_its_label(talk: list[tuple[str, str]]) -> None:
    turns = read_transcript("\n".join(f"{who}: {said}" for who, said in talk))
    agents = {"Agent", "Service desk"}
    for speaker, mine in (("agent", True), ("caller", False)):
        said = "\n".join(turn.text for turn in turns if turn.speaker == speaker).split("\n")
        assert [line for line in said if line] == [text.strip() for who, text in talk if (who in agents) is mine]
    assert all(one.speaker != other.speaker for one, other in pairwise(turns))


@given(TALK)
def test_no_word_of_the_agent_is_ever_taken_for_a_need(talk: list[tuple[str, str]]) -> None:
    marked = [(who, f"{said} {'secretly' if who in {'Agent', 'Service desk'} else ''}") for who, said in talk]
    assert "secretly" not in callers_words(read_transcript("\n".join(f"{who}: {said}" for who, said in marked)))


@given(st.text(max_size=400))
def test_any_text_gives_turns_and_any_words_give_triage(text: str) -> None:
    turns = read_transcript(text)
    assert all(turn.text.strip() for turn in turns)
    found = heard(text, (), turns)
    assert set(found) <= set(TOPICS)
    assert all(0 < len(said) <= 300 for said in found.values())


@given(st.dictionaries(st.sampled_from([*TOPICS, "admin", "person"]), st.text(max_size=600)))
def test_only_answers_of_known_topics_are_kept(given_answers: dict[str, str]) -> None:
    kept = kept_answers(given_answers)
    assert set(kept) == {topic for topic in TOPICS if given_answers.get(topic, "").split()}


def test_times_cues_and_names_are_read_and_an_error_is_no_speaker() -> None:
    vtt = (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Agent>What happens?</v>\n\n<v Ada Byron>Error: no route</v>\nmore"
    )
    assert read_transcript(vtt, callers={"Ada Byron"}) == (
        Turn(speaker="agent", text="What happens?"),
        Turn(speaker="caller", text="Error: no route\nmore"),
    )
    plain = read_transcript("[00:12] Agent: Hello\n[00:15] Caller: Hi.\n00:20 Caller: my screen says\nError: no route")
    assert callers_words(plain) == "Hi.\nmy screen says\nError: no route"
    assert not is_transcript(read_transcript("Error: no route\nSubject: help"))


def test_bare_courtesies_are_left_out_and_an_answer_belongs_to_its_question() -> None:
    turns = read_transcript("Agent: Hello\nCaller: Yes, hello.\nAgent: Since when is that?\nCaller: about nine o'clock")
    assert callers_words(turns) == "about nine o'clock"
    assert heard("about nine o'clock", (), turns)["since"] == "about nine o'clock"


@pytest.mark.parametrize(
    ("said", "topic", "kept"),
    [
        ("nobody else has it", "impact", "nobody else"),
        ("it's slow since this morning", "since", "since this morning"),
        ("after the update it crashes", "change", "after the update"),
    ],
)
def test_what_was_said_is_not_asked_again(said: str, topic: str, kept: str) -> None:
    assert heard(said, ())[topic] == kept  # type: ignore[index]
    assert topic in {prompt.topic for prompt in PROMPTS}


# The page and the calls


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("assist")) as made:
        yield made


def signed_in(site: Site, login: str) -> tuple[TestClient, str]:
    client = TestClient(site.app, base_url="http://testserver")
    client.post("/sign-in", data={"login": login, "password": PASSWORD})
    visitor = client.get("/assist")
    _, _, rest = visitor.text.partition('name="csrf" value="')
    return client, rest.partition('"')[0]


def test_the_desk_finds_the_caller_sees_suggestions_and_takes_it_up(site: Site) -> None:
    client, csrf = signed_in(site, "operator")
    with site.journal.read() as tx:
        person = tx.people.need(EMPLOYEE)
    assert f"/assist?caller={EMPLOYEE}" in client.get("/assist", params={"q": person.name}).text
    shown = client.get("/assist", params={"caller": EMPLOYEE}).text
    assert person.username in shown
    assert person.phone
    assert person.phone not in shown
    form = {"csrf": csrf, "caller": EMPLOYEE, "text": "Agent: Hello\nCaller: I am locked out of my account", "key": "k"}
    seen = client.post("/assist/suggest", data=form).text
    assert "Unlock" in seen or "ock" in seen
    assert "How many people have it?" in seen
    assert "<html" not in seen
    unscripted = client.post("/assist/take", data={**form, "look": "1", "since": "<b>nine</b>"}).text
    assert "&lt;b&gt;nine&lt;/b&gt;" in unscripted
    assert "Likely needs" in unscripted
    taken = client.post("/assist/take", data={**form, "since": "nine"}, follow_redirects=False)
    assert taken.status_code == 303
    address = taken.headers["location"]
    assert address.startswith(f"/assist/calls/phone:{EMPLOYEE}:via_")
    assert person.name in client.get(address).text
    again = client.post("/assist/take", data={**form, "since": "nine"}, follow_redirects=False)
    assert again.headers["location"] == address


def test_only_who_may_speak_for_others_comes_in_and_only_from_our_own_pages(site: Site) -> None:
    employee, _ = signed_in(site, "employee")
    assert employee.get("/assist").status_code == 403
    assert employee.post("/assist/suggest", data={"caller": MANAGER, "text": "x"}).status_code == 403
    operator, csrf = signed_in(site, "operator")
    assert operator.post("/assist/suggest", data={"caller": EMPLOYEE, "text": "x"}).status_code == 403
    assert operator.post("/assist/suggest", data={"csrf": csrf, "caller": "nobody", "text": "x"}).status_code == 422
    assert operator.get(f"/assist/calls/webchat:{EMPLOYEE}:cnv_1").status_code == 404
