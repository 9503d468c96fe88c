"""What comes in knows the webhook's token, or is nobody's; and what is live is read from any list of deployments."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.gitlab.client import Deployment
from tickless.connectors.gitlab.releases import release_of, that_went_well
from tickless.connectors.gitlab.settings import Settings
from tickless.connectors.gitlab.signals import authenticate
from tickless.domain.signal import Payload

SETTINGS = Settings(webhook_token="env:S")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
STATUSES = ["success", "failed", "running", "created", "blocked", "canceled", "skipped", "odd"]
deployments = st.lists(
    st.builds(
        Deployment,
        id=st.integers(1, 9_999),
        sha=st.sampled_from(["", "aa11", "bb22", "cc33"]),
        status=st.sampled_from(STATUSES),
        job=st.integers(0, 3),
        created_at=st.none() | st.just(NOW),
        updated_at=st.none() | st.just(NOW),
    ),
    max_size=8,
)


def arriving(token: str) -> Payload:
    return Payload(source="code", received_at=NOW, body=b"{}", headers={"x-gitlab-token": token})


@given(st.text())
def test_only_the_token_comes_in(token: str) -> None:
    assert authenticate(arriving(token), SETTINGS, lambda _: "sesame") == (token == "sesame")


def test_without_a_token_in_the_settings_nobody_comes_in() -> None:
    assert not authenticate(arriving(""), Settings(), lambda _: "")


@given(deployments)
def test_what_is_live_went_well_and_what_was_before_is_another_commit(found: list[Deployment]) -> None:
    told = release_of(found)
    well = [one.sha for one in found if one.status == "success" and one.sha]
    assert told.known == bool(well)
    assert told.version == (well[0] if well else "")
    assert told.previous != told.version or not told.known
    assert not told.previous or told.previous in well[1:]
    assert not (told.rolling and told.failed)


@given(deployments, st.sampled_from(["", "aa", "aa11", "zz"]))
def test_only_a_deployment_that_went_well_by_a_job_is_run_again(found: list[Deployment], sha: str) -> None:
    source = that_went_well(found, sha)
    fitting = [one for one in found if sha and one.status == "success" and one.job and one.sha.startswith(sha)]
    assert source == (fitting[0] if fitting else None)
