"""Where the encoder's files lie, what they have to be, and whether they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]
