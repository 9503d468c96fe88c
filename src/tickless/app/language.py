"""What a house understands and speaks with: the brain and its lessons, the articles, and a model if there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tickless.ai import Brain, Example, build_brain
from tickless.ai.late import teach as teach_brain
from tickless.ai.models import Models
from tickless.app.brain import encoder_of
from tickless.app.intents import IntentsCache
from tickless.app.library import LibraryCache
from tickless.app.models import models_of
from tickless.app.settings import Settings
from tickless.app.world import Lessons, WorldCache
from tickless.flow.publishing import Publishing
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.sdk.secrets import Secrets


@dataclass(frozen=True)
class Language:
    """`world` reads and understands, `library` finds answers, `intents` tells what is confused with what."""

    world: WorldCache
    library: LibraryCache
    intents: IntentsCache
    models: Models | None
    teach: Callable[[Sequence[Example]], Brain]
    """Examples and nothing else → a brain of the kind that reads now."""

    def renew(self) -> None:
        """Records, articles or runbooks changed: read them, and be taught them."""
        self.world.renew()
        self.library.renew()
        self.world.understanding()  # taught here, not while somebody waits with the journal's only writer in hand


def language_of(
    settings: Settings, *, journal: Journal, publishing: Publishing, clock: Clock, secrets: Secrets
) -> Language:
    """By the settings. Raises `SettingsInvalid` for a model without the packages that speak with it."""
    encoder, without = encoder_of(settings.brain)
    rejection = settings.brain.in_scope_rejection

    def teach(lessons: Lessons) -> Brain:
        given = publishing.values()
        return build_brain(given, extra_examples=lessons, encoder=encoder, without=without, rejection=rejection)

    library = LibraryCache(journal, encoder)
    world = WorldCache(journal, teach, publishing, library.lessons)

    def anew(examples: Sequence[Example]) -> Brain:
        return teach_brain(examples, encoder=encoder, rejection=rejection)

    intents = IntentsCache(lambda: world.understanding().brain, anew)
    models = models_of(settings.model, journal=journal, clock=clock, secrets=secrets, world=world.world)
    return Language(world, library, intents, models, anew)
