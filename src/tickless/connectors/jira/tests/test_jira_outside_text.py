"""Words from outside are shown as words, and a ticket is in nobody's name but that of the person with the address."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.jira.client import Jira
from tickless.connectors.jira.wiki import escaped
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import Answer, serve

HOSTILE = st.text(alphabet="{}[]!|*_^~+#?-\\ab h1.bq.()x&;\n/:", max_size=60)


def shown(wiki: str) -> str:
    """What a reader sees of wiki text in which nothing is markup."""
    return html.unescape(re.sub(r"\\(.)", r"\1", wiki))


@given(HOSTILE)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escaped(text)) == text
    bare = re.sub(r"\\.|https?://\S+", "", escaped(text))
    assert not re.search(r"[{}\[\]!|*_^~]|\\", bare)
    assert not re.search(r"(?m)^\s*(h[1-6]|bq)\.|^#(?!\d)|\?\?", bare)


@pytest.mark.parametrize(
    ("text", "wiki"),
    [
        ("{html}<b>x</b>{html}", r"\{html\}<b>x</b>\{html\}"),
        ("[~admin] [click|https://evil.example]", r"\[\~admin\] \[click\|https://evil.example\]"),
        ("!https://evil.example/pixel.png!", r"\!https://evil.example/pixel.png\!"),
        ("see https://x.example/a_b-c?d=1#e", "see https://x.example/a_b-c?d=1#e"),
        ("well-known, C:\\temp", "well-known, C:&#92;temp"),
        ("h1. Done", "h1&#46; Done"),
        ("&#123;", "&#38;\\#123;"),
    ],
)
def test_markup_is_not_carried_out(text: str, wiki: str) -> None:
    assert escaped(text) == wiki


def test_cloud_takes_documents_and_data_center_escaped_text() -> None:
    text = "{noformat}[~admin]"
    assert Jira(HttpClient("https://x.example"), 0, cloud=False).body(text) == escaped(text)
    assert text in str(Jira(HttpClient("https://x.example"), 0, cloud=True).body(text))


ANNA = {"accountId": "1", "name": "anna", "emailAddress": "Anna@Larkmoor.example"}


@pytest.mark.parametrize("cloud", [True, False])
@pytest.mark.parametrize(
    ("hits", "found"),
    [
        ([ANNA], True),
        ([{**ANNA, "emailAddress": "joanna@larkmoor.example"}], False),
        ([{**ANNA, "emailAddress": None}], False),
        ([{"accountId": "1", "name": "anna@larkmoor.example"}], False),
        ([{**ANNA, "name": "jo", "accountId": "2", "emailAddress": "joanna@larkmoor.example"}, ANNA], True),
        ([ANNA, {**ANNA, "name": "anna2"}], False),
        ([], False),
    ],
)
def test_only_the_person_with_exactly_this_address_is_the_reporter(
    cloud: bool, hits: list[dict[str, Any]], found: bool
) -> None:
    with serve(lambda asked: Answer(body=hits)) as server:
        account = Jira(HttpClient(server.url), Deadline.within(5, who="Jira"), cloud).account("anna@larkmoor.example")
    assert account == (({"id": "1"} if cloud else {"name": "anna"}) if found else None)
