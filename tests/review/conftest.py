"""The houses of the story tests."""

from tests.story.conftest import company, estate, make_stage, stage

__all__ = ["company", "estate", "make_stage", "stage"]
