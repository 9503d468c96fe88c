"""The Goodhart guard: figures that improve while what they stand for worsens, and ways to make a figure look well."""

from tickless.stages.measure.guard.options import GuardSettings
from tickless.stages.measure.guard.watching import Kept, Warned, Watch, watch

__all__ = ["GuardSettings", "Kept", "Warned", "Watch", "watch"]
