"""The language model's files vanish, while the house runs and before it starts again: it goes on by words, says so, and what
was begun ends well."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.ai.conftest import model_files  # noqa: F401 - a fixture
from tests.story.conftest import PACE
from tests.story.stage import Stage, Talk

from tickless.ai.encoder import ModelFiles
from tickless.app.build import build
from tickless.app.sample_house import SampleHouse, open_sample_house, sample_settings
from tickless.app.settings import BrainSettings
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

PATIENT = PACE.model_copy(update={"answer": 60.0})


@pytest.fixture
def files(model_files: ModelFiles, tmp_path: Path) -> Path:  # noqa: F811
    """A copy that may be taken away."""
    return Path(shutil.copytree(model_files.folder, tmp_path / "brain"))


@contextmanager
def first_life(estate: Estate, company: Company, data: Path, **given: Any) -> Iterator[Stage]:
    sample = open_sample_house(estate, company, data, pace=PATIENT, **given)
    sample.house.start()
    try:
        yield Stage(sample, "", "")
    finally:
        sample.house.stop()


@contextmanager
def next_life(estate: Estate, company: Company, data: Path, **given: Any) -> Iterator[Stage]:
    """The same house, started again over what it remembers."""
    _, values = estate.connector_settings()
    house = build(sample_settings(estate, data, pace=PATIENT, **given), secret_values=values)
    house.world.renew()
    house.library.renew()
    house.start()
    try:
        yield Stage(SampleHouse(house, estate, company), "", "")
    finally:
        house.stop()


def language(stage: Stage) -> str:
    """What the doctor says of it."""
    return next(f"{one.detail} {one.mend}" for one in stage.house.desk.doctor() if one.check == "language")


def test_the_files_go_while_it_runs_and_stay_away(
    estate: Estate, company: Company, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TICKLESS_BRAIN__ENCODER", raising=False)
    estate.reset()
    brain = BrainSettings(encoder="auto", model_dir=files)
    with first_life(estate, company, tmp_path / "data", brain=brain) as stage:
        assert "by words and meaning" in language(stage)
        person, other = stage.cast.draw(), stage.cast.draw()
        talk = stage.talk(person).say("i forgot my password")
        talk.question()
        shutil.rmtree(files)
        talk.say(talk.code(person))
        assert talk.ends().case.outcome == "verified", "what it has read already needs no files"
        waiting = stage.talk(other).say("i forgot my password")
        asked = waiting.question()
    with next_life(estate, company, tmp_path / "data", brain=brain) as stage:
        told = language(stage)
        assert "by words alone (the sentence encoder's files are not there)" in told
        assert "tickless brain status" in told
        waiting = Talk(stage, waiting.conversation, other, "signed_in")
        assert waiting.question() == asked, "nobody is asked again"
        waiting.say(waiting.code(other))
        assert waiting.ends().case.outcome == "verified"
        stage.estate.fault("lock", person.username)
        later = Talk(stage, "talk-later", person, "signed_in")
        ended = later.say("i am locked out of my account").ends()
        assert (ended.case.need, ended.case.outcome) == ("account_unlock", "verified")
    done = [one.target for one in estate.effects() if one.operation == "directory.set_password"]
    assert sorted(done) == sorted([person.username, other.username])
