"""Who comes in, and what they may do here."""

from tickless.doors.entrance.accounts import NewToken
from tickless.doors.entrance.entrance import Entrance, Opened
from tickless.doors.entrance.settings import EntranceSettings
from tickless.doors.entrance.visitor import Right, Visitor

__all__ = ["Entrance", "EntranceSettings", "NewToken", "Opened", "Right", "Visitor"]
