"""The definitions of the metrics, by what they are about. Importing this package puts all of them into the registry."""

from tickless.stages.measure.metrics.definitions import (
    changing,
    ends,
    experience,
    flow,
    prevention,
    quality,
    services,
    speed,
    worth,
)

__all__ = ["changing", "ends", "experience", "flow", "prevention", "quality", "services", "speed", "worth"]
