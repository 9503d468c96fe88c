"""The architect: plain words → a draft of a runbook."""

from tickless.stages.act.architect.describing import Drafted, compiled, drafted
from tickless.stages.act.architect.means import Means, means_of

__all__ = ["Drafted", "Means", "compiled", "drafted", "means_of"]
