"""A real Request Tracker: what is done there is read back by an agent's hands, and odd words stay words."""

import pytest
from tests.lane.instances import instance_of, run
from tests.servers.request_tracker import RequestTracker

from tickless.domain.errors import AuthFailed, Rejected
from tickless.sdk.connector import Instance

NEW = {"title": "VPN does not connect", "body": "What we think:\n  - the profile has expired\n\n<b>not html</b> ☃"}


def tracker(server: RequestTracker, token: str = "") -> Instance:
    return instance_of("request_tracker", {"url": server.url, "token": "env:RT"}, {"RT": token or server.token})


def test_a_ticket_is_made_once_and_its_text_arrives_as_it_is(request_tracker: RequestTracker) -> None:
    here = tracker(request_tracker)
    made = run(here, "create", key="lane:once:1", priority=1, **NEW)
    again = run(here, "create", key="lane:once:1", priority=1, **NEW)
    assert made.changed
    assert not again.changed
    assert again.output.ticket == made.output.ticket
    assert len(request_tracker.all(f"Subject = '{NEW['title']}' AND RefersTo = 'tickless:lane:once:1'")) == 1
    assert request_tracker.texts(made.output.ticket) == [NEW["body"]]
    assert request_tracker.ticket(made.output.ticket)["Priority"] == "100"


def test_public_and_internal_words_are_told_apart_and_our_own_are_known(request_tracker: RequestTracker) -> None:
    here = tracker(request_tracker)
    ticket = run(here, "create", key="lane:words:1", **NEW).output.ticket
    run(here, "comment", ticket=ticket, key="lane:said:1", text="It happens at home only.", public=True)
    request_tracker.note(ticket, "Is this the gateway again?")
    request_tracker.reply(ticket, "Please try again now.")
    found = run(here, "comments", ticket=ticket).output
    assert [(one.text, one.public, one.own) for one in found.comments] == [
        ("It happens at home only.", True, True),
        ("Is this the gateway again?", False, False),
        ("Please try again now.", True, False),
    ]
    assert found.comments[2].author == "Dana"
    assert run(here, "comments", ticket=ticket, since=found.mark).output.comments == ()


def test_a_repeated_comment_is_found_and_not_said_again(request_tracker: RequestTracker) -> None:
    here = tracker(request_tracker)
    ticket = run(here, "create", key="lane:twice:1", **NEW).output.ticket
    first = run(here, "comment", ticket=ticket, key="lane:said:2", text="It happens at home only.")
    second = run(here, "comment", ticket=ticket, key="lane:said:2", text="It happens at home only.")
    assert second.output.comment == first.output.comment
    assert request_tracker.texts(ticket).count("It happens at home only.") == 1


def test_states_and_the_owner_are_read_as_the_agent_sets_them(request_tracker: RequestTracker) -> None:
    here = tracker(request_tracker)
    ticket = run(here, "create", key="lane:states:1", **NEW).output.ticket
    request_tracker.change(ticket, Owner="dana")
    request_tracker.change(ticket, Status="stalled")
    assert (run(here, "read", ticket=ticket).output.state, run(here, "read", ticket=ticket).output.owner) == (
        "pending",
        "dana@desk.example",
    )
    request_tracker.change(ticket, Status="resolved")
    seen = run(here, "read", ticket=ticket).output
    assert seen.state == "resolved"
    assert seen.state_at is not None
    run(here, "set_state", ticket=ticket, state="open")
    assert request_tracker.ticket(ticket)["Status"] == "open"


def test_a_ticket_that_is_not_there_is_said_to_be_none(request_tracker: RequestTracker) -> None:
    here = tracker(request_tracker)
    assert not run(here, "read", ticket="99999999").output.exists
    assert not run(here, "find", key="lane:nobody:1").output.exists
    with pytest.raises(Rejected):
        run(here, "comment", ticket="99999999", key="lane:said:3", text="x")


def test_a_withdrawn_token_is_told_as_such(request_tracker: RequestTracker) -> None:
    with pytest.raises(AuthFailed):
        run(tracker(request_tracker, "1-99-withdrawn-token-of-nobody"), "find", key="lane:nobody:2")
