"""What Teams sends: words, mentions, buttons; and which addresses may be called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tickless.connectors.teams.activity import read_activity, words_of
from tickless.connectors.teams.settings import Settings

FIXTURES = Path(__file__).parents[1] / "fixtures"
GUID = "11111111-1111-1111-1111-111111111111"
OURS = Settings(app_id=GUID, tenant=GUID)


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/22222222-2222-2222-2222-222222222222/",
        "https://smba.trafficmanager.net/teams/",
        "https://europe.api.botframework.com/",
        "https://smba.infra.gcc.teams.microsoft.com/teams",
    ],
)
def test_microsofts_hosts_may_be_called(url: str) -> None:
    assert OURS.may_call(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://smba.trafficmanager.net:8443/",
        "https://evil-botframework.com/",
        "https://169.254.169.254/",
        "https://smba.trafficmanager.net/?x=",
        "https://[/",
        "",
    ],
)
def test_nobody_else_may(url: str) -> None:
    assert not OURS.may_call(url)


def test_the_mention_of_the_bot_is_no_word_and_others_keep_their_names() -> None:
    activity = read_activity((FIXTURES / "channel.json").read_bytes())
    assert words_of(activity) == "is the wiki down for Bo Berg?"


def test_microsofts_own_model_reads_the_fixtures() -> None:
    sdk = pytest.importorskip("microsoft_teams.api")
    for name in ("personal", "channel", "pressed", "filled-in"):
        loose: Any = json.loads((FIXTURES / f"{name}.json").read_text())
        loose = {key: value for key, value in loose.items() if value is not None}
        loose["from"] = {key: value for key, value in loose["from"].items() if value is not None}
        assert (
            sdk.MessageActivity.model_validate(loose).conversation.id
            == read_activity(json.dumps(loose).encode()).conversation.id
        )


def test_settings_name_an_app_and_a_tenant() -> None:
    with pytest.raises(ValidationError):
        Settings(app_id="tickless", tenant=GUID)
