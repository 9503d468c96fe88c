"""The Goodhart guard: figures that improve while what they stand for worsens, and ways to make a figure look well."""

from tickless.stages.measure.guard.watching import Warned, Watch, watch

__all__ = ["Warned", "Watch", "watch"]
