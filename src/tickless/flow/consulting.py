"""The configured language model as policy sees it."""

from __future__ import annotations

from tickless.ai.models import ModelSettings
from tickless.stages.decide.policy_requests import Principal


def model_principal(settings: ModelSettings) -> Principal:
    """By its settings; never by anything that it says."""
    return Principal.model(settings.label, provider=settings.provider, name=settings.name, in_house=settings.stays_in)
