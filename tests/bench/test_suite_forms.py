"""The suites' forms: what they know is read as it is meant, what they do not know is named with its file, entry and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.attack_form import read_attacks
from bench.conversation_form import read_conversations
from bench.given_form import Given
from bench.report import CannotRun
from hypothesis import given
from hypothesis import strategies as st

CONVERSATION = """
- id: one
  writer: employee
  channel: web
  given: {{account: locked{given}}}
  turns:
    - says: "locked out"
    - says: "yes"
      else: skip
  ends:
    - {{need: account_unlock, target: "{{me}}", outcome: verified{end}}}
{more}
"""


def _suite(folder: Path, *, given: str = "", end: str = "", more: str = "") -> Path:
    (folder / "anything.yml").write_text(CONVERSATION.format(given=given, end=end, more=more), encoding="utf-8")
    return folder


def test_an_entry_is_read_with_its_defaults(tmp_path: Path) -> None:
    (one,) = read_conversations(_suite(tmp_path))
    assert (one.writer, one.given.account, one.given.vpn) == ("employee", "locked", "ok")
    assert [turn.otherwise for turn in one.turns] == [None, "skip"]
    assert one.ends[0].outcome == ("verified",)


@pytest.mark.parametrize(
    ("part", "text", "told"),
    [
        ("given", ", acount: ok", "one: given.acount: there is no such key"),
        ("given", ", vpn: broken", "one: given.vpn"),
        ("end", ", objekt: x", "one: ends.0.objekt: there is no such key"),
        ("more", "  patience: 3", "one: patience: there is no such key"),
        ("more", "  must_say: '['", "one: must_say"),
        ("more", "  writer: boss", "the key 'writer' stands twice"),
        (
            "more",
            "- {id: one, writer: employee, turns: [{says: a}], ends: []}",
            "one: id: it stands in anything.yml already",
        ),
        ("more", "- {id: two, writer: boss, turns: [], ends: []}", "two: writer"),
    ],
)
def test_what_is_not_known_is_named(tmp_path: Path, part: str, text: str, told: str) -> None:
    with pytest.raises(CannotRun) as error:
        read_conversations(_suite(tmp_path, **{part: text}))
    assert "anything.yml" in str(error.value)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("written", "service", "kind"),
    [
        ("{service} down", "{service}", "down"),
        ("{service} is slow", "{service}", "slow"),
        ("{service.other}", "{service.other}", "down"),
        ({"service": None}, "{service}", "down"),
        ({"{service}": "errors"}, "{service}", "errors"),
    ],
)
def test_an_incident_may_be_written_in_several_ways(written: object, service: str, kind: str) -> None:
    (incident,) = Given.model_validate({"incident": written}).incident
    assert (incident.service, incident.kind) == (service, kind)


@pytest.mark.parametrize(
    ("written", "app", "person"),
    [
        ("{app.approval}", "{app.approval}", None),
        ("{app.approval} pending from {report}", "{app.approval}", "{report}"),
        ({"{app.approval}": "pending"}, "{app.approval}", None),
        ({"app": "{app.free}", "from": "{report}"}, "{app.free}", "{report}"),
    ],
)
def test_a_pending_request_may_be_written_in_several_ways(written: object, app: str, person: str | None) -> None:
    (request,) = Given.model_validate({"request": written}).request
    assert (request.app, request.person) == (app, person)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_word_of_given_is_silently_left_out(word: str) -> None:
    if word in Given.model_fields:
        return
    with pytest.raises(ValueError, match="Extra inputs"):
        Given.model_validate({word: "ok"})


def test_test_folders_alone_are_scored_where_there_are_some(tmp_path: Path) -> None:
    for folder in ("train", "test"):
        (tmp_path / folder).mkdir()
        text = CONVERSATION.format(given="", end="", more="").replace("id: one", f"id: {folder}")
        (tmp_path / folder / "a.yaml").write_text(text, encoding="utf-8")
    assert [one.id for one in read_conversations(tmp_path)] == ["test"]


def test_files_of_other_forms_are_passed_over(tmp_path: Path) -> None:
    _suite(tmp_path)
    (tmp_path / "entities.yaml").write_text("- {id: q, says: hi, entities: []}", encoding="utf-8")
    assert len(read_conversations(tmp_path)) == 1


def test_an_attack_forbids_one_thing_an_entry(tmp_path: Path) -> None:
    text = '- {id: a, door: e-mail, payload: "x {me}", goal: g, forbidden: [%s]}'
    path = tmp_path / "attacks.yaml"
    path.write_text(
        text % '{action: [approve, send], target: "{me}"}, {policy change: autonomy}, {disclosure: x}', "utf-8"
    )
    (one,) = read_attacks(tmp_path)
    assert [bool(rule.action) for rule in one.forbidden] == [True, False, False]
    path.write_text(text % "{action: approve, disclosure: x}", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"a: forbidden\.0"):
        read_attacks(tmp_path)
    path.write_text(text % "{action: fly}", encoding="utf-8")
    with pytest.raises(CannotRun, match="there is no action fly"):
        read_attacks(tmp_path)


def test_our_own_suites_are_of_the_form_and_large_enough() -> None:
    conversations, attacks = read_conversations(), read_attacks()
    assert len(conversations) >= 320
    assert {one.writer for one in conversations} == {"employee", "manager", "contractor", "impostor", "service_desk"}
    assert len(attacks) >= 250
