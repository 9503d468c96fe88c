"""Suites name roles; the picker puts people, apps and devices of the sample company in their place."""

import pytest
from bench.roles import fill, pick_roles, tokens_in
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.sample.company import make_company

COMPANY = make_company(7)
SEEDS = st.integers(0, 10_000)
PICKED = pick_roles(COMPANY, 1)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_roles_mean_what_they_say(seed):
    wanted = "{report} {colleague} {app.approval} {app.free} {app.forbidden}"
    roles = pick_roles(COMPANY, seed, "manager", texts=[wanted])
    me, report, colleague = roles.me, COMPANY.person(roles.ref("{report}")), COMPANY.person(roles.ref("{colleague}"))
    assert roles.ref("{manager}") == me.manager
    assert report.manager == me.id
    assert colleague.department != me.department
    eligible = {app.id for app in COMPANY.eligible(me)}
    assert roles.ref("{app.free}") in eligible
    assert COMPANY.app(roles.ref("{app.free}")).approval == "none"
    assert COMPANY.app(roles.ref("{app.approval}")).approval != "none"
    assert roles.ref("{app.forbidden}") not in eligible
    assert COMPANY.laptop(me.id).id == roles.ref("{device}")


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_same_seed_picks_the_same(seed):
    text = "{me} {colleague.typo} {app.free.alias}"
    assert fill(text, pick_roles(COMPANY, seed, texts=[text])) == fill(text, pick_roles(COMPANY, seed, texts=[text]))


@pytest.mark.parametrize("ambiguous", [True, False])
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_first_name_means_one_person_unless_it_shall_not(seed, ambiguous):
    text = "unlock {colleague.first}"
    roles = pick_roles(COMPANY, seed, texts=[text], ambiguous=ambiguous)
    name = fill("{colleague.first}", roles).casefold()
    called = [p for p in COMPANY.people if name in {w.casefold() for n in (p.name, *p.nicknames) for w in n.split()}]
    assert (len(called) > 1) == ambiguous


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_other_braces_stay(text):
    roles = PICKED
    if not tokens_in(text):
        assert fill(text, roles) == text
    assert fill("${{ inputs.person }} {x} {{me}} {7}", roles) == "${{ inputs.person }} {x} {" + roles.me.name + "} {7}"
