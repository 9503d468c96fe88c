"""Q11's entries can be filled, and a reading is judged for what it links."""

import pytest
from bench.entity_suite import COUNTED, OWN, Wanted, judge, read_entries
from bench.report import CannotRun
from bench.roles import fill, pick_roles, tokens_in

from tickless.domain.finding import Entity
from tickless.sample.company import make_company

COMPANY = make_company(7)
ENTRIES = read_entries(OWN)
PERSON = Wanted("person", "p007", "Tom Baker", ambiguous=False)


def found(kind, ref, *alternatives):
    return Entity(kind=kind, text="x", ref=ref, confidence=0.9, alternatives=alternatives)


def test_there_are_enough_entries_and_each_has_its_own_id():
    assert len(ENTRIES) >= 250
    assert len({one.id for one in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("part", range(4))
def test_every_role_in_every_entry_can_be_filled(part):
    for entry in ENTRIES[part::4]:
        roles = pick_roles(COMPANY, 3, entry.writer, texts=entry.texts, ambiguous=entry.ambiguous)
        assert tokens_in(fill(entry.says, roles)) == [], entry.id
        assert all("{" not in str(one.ref) for one in entry.wanted(roles)), entry.id


def test_the_set_must_be_exact():
    right = judge([PERSON], [found("person", "p007")], said="", company=COMPANY)
    assert (right.exact, right.wrong_person) == (True, False)
    assert not judge([PERSON], [], said="", company=COMPANY).exact
    assert not judge([PERSON], [found("person", "p007"), found("app", "tallybook")], said="", company=COMPANY).exact


def test_somebody_else_is_a_wrong_person():
    judged = judge([PERSON], [found("person", "p008")], said="", company=COMPANY)
    assert (judged.exact, judged.wrong_person) == (False, True)


def test_what_is_ambiguous_must_stay_open():
    open_one = Wanted("person", "p007", "Tom", ambiguous=True)
    assert judge([open_one], [found("person", None, "p007", "p190")], said="", company=COMPANY).exact
    assert not judge([open_one], [found("person", "p007")], said="", company=COMPANY).exact
    assert not judge([open_one], [found("person", None, "p001", "p002")], said="", company=COMPANY).exact


def test_groups_places_and_times_stand_beside_the_set():
    time = Wanted("time", None, "tomorrow", ambiguous=False)
    judged = judge([time], [], said="tomorrow", company=COMPANY)
    assert (judged.exact, judged.beside) == (True, False)
    assert "time" not in COUNTED


def test_a_platform_named_exactly_is_no_mistake_and_anything_else_is():
    assert judge([], [found("service", "vpn-gateway")], said="vpn is slow", company=COMPANY).exact
    assert not judge([], [found("service", "orders-api")], said="orders are slow", company=COMPANY).exact


def test_a_folder_without_entries_says_so(tmp_path):
    with pytest.raises(CannotRun, match="holds no entries"):
        read_entries(tmp_path)
