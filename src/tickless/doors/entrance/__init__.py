"""Who comes in, and what they may do here."""

from tickless.doors.entrance.entrance import Entrance, NewToken, Opened
from tickless.doors.entrance.settings import EntranceSettings
from tickless.doors.entrance.visitor import Right, Visitor

__all__ = ["Entrance", "EntranceSettings", "NewToken", "Opened", "Right", "Visitor"]
