"""The architect of a house, by the settings."""

from __future__ import annotations

from functools import lru_cache

from tickless.ai.encoder import Encoder
from tickless.app.brain import encoder_of
from tickless.app.settings import Settings
from tickless.app.simulating import simulate
from tickless.flow.desk.architecting import ArchitectDesk
from tickless.flow.desk.drafting import Drafting
from tickless.flow.rooms import Rooms


def architect_of(settings: Settings, rooms: Rooms, drafting: Drafting) -> ArchitectDesk:
    """Its encoder is loaded when somebody first describes something."""

    @lru_cache(maxsize=1)
    def encoder() -> Encoder | None:
        return encoder_of(settings.brain)[0]

    in_git = settings.publishing.review != "none"
    desk = ArchitectDesk(rooms, drafting, encoder=encoder, in_git=in_git)
    desk.simulate_with = simulate
    return desk
