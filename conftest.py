"""For every test, wherever it stands: properties are tried on the same examples each time, and against no clock.

`HYPOTHESIS_PROFILE=explore` looks for new counter-examples instead.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
