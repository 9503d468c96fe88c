"""Documents there and back, signatures, and a creation that was cut off is not tried again too soon."""

import datetime as dt
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.jira.actions import create
from tickless.connectors.jira.adf import document, plain
from tickless.connectors.jira.reading import phase, said, view
from tickless.connectors.jira.settings import Settings
from tickless.connectors.jira.signals import authenticate
from tickless.domain.errors import RateLimited
from tickless.domain.signal import Payload
from tickless.sdk import Call
from tickless.sdk.capabilities.ticketing import NewTicket
from tickless.sdk.registry import connector_folders, load_connector, make_instance
from tickless.sdk.secrets import Secrets
from tickless.sdk.testing import Answer, Asked, serve

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
HERE = Settings(url="https://example.atlassian.net", token="env:TOKEN", project="ITSM")
LINE = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs"]), inner)
    ),
)


@given(st.lists(st.lists(LINE, min_size=1, max_size=3), min_size=1, max_size=4))
def test_text_comes_back_from_its_document(paragraphs: list[list[str]]) -> None:
    text = "\n\n".join("\n".join(lines) for lines in paragraphs)
    assert plain(document(text)).split() == text.split()


@given(JSON)
def test_any_document_has_a_text(body: Any) -> None:
    assert isinstance(plain(body), str)


def test_what_jira_does_not_call_public_stays_inside() -> None:
    hidden = {"key": "sd.public.comment", "value": {"internal": True}}
    assert not said({"id": "1", "body": "x"}).public
    assert not said({"id": "1", "body": "x", "properties": [hidden]}).public
    assert said({"id": "1", "body": "x", "jsdPublic": True}).public


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [("Open", "new", "open"), ("Waiting for customer", "indeterminate", "pending"), ("Done", "done", "resolved"),
     ("Closed", "done", "closed"), ("Something of their own", "indeterminate", "open")],
)  # fmt: skip
def test_states(name: str, category: str, expected: str) -> None:
    assert phase({"name": name, "statusCategory": {"key": category}}, HERE) == expected


def test_a_webhook_comes_in_with_the_right_signature_only() -> None:
    body = b'{"issue": {"key": "ITSM-1"}}'
    signed = "sha256=" + hmac.new(b"shared", body, hashlib.sha256).hexdigest()
    with_secret = HERE.model_copy(update={"webhook_secret": "env:HOOK"})

    def arrives(signature: str, settings: Settings) -> bool:
        payload = Payload(source="jira", received_at=NOW, headers={"X-Hub-Signature": signature}, body=body)
        return authenticate(payload, settings, lambda reference: "shared")

    assert arrives(signed, with_secret)
    assert not arrives(signed[:-1] + "0", with_secret) or signed.endswith("0")
    assert not arrives("", with_secret)
    assert not arrives(signed, HERE)


def test_a_creation_that_was_cut_off_waits_for_the_search() -> None:
    """The search shows nothing yet, and an earlier try may have made the issue: a second one must not be made."""

    def answer(asked: Asked) -> Answer:
        assert asked.method == "GET", "something was made"
        return Answer(200, {"issues": []})

    connector = load_connector(next(folder for folder in connector_folders() if folder.name == "jira"))
    with serve(answer) as server:
        settings = {"url": server.url, "token": "env:TOKEN", "project": "ITSM"}
        here = make_instance("jira", connector, settings, Secrets({"TOKEN": "x" * 9}))
        call = Call(instance=here, key="k", now=NOW, timeout=5, first_started=NOW - dt.timedelta(seconds=5))
        with pytest.raises(RateLimited) as waited:
            create(call, NewTicket(key="contract:cut-off", title="x", body="x"))
    assert waited.value.retry.seconds == 15


@pytest.mark.parametrize(
    ("spent", "minutes"), [(5_400, 90.0), (0, 0.0), (None, None), ("soon", None), (-60, None), (True, None)]
)
def test_logged_work_is_minutes_and_what_nobody_logged_is_unknown(spent: object, minutes: float | None) -> None:
    issue = {"key": "ITSM-7", "fields": {"status": {"name": "Done"}, "timespent": spent}}
    assert view(issue, HERE).worked_minutes == minutes
