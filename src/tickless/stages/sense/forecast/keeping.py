"""What a forecaster learnt, as arrays and back: after a restart it goes on as if there had been none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.forecast.exhaustion import Watch
from tickless.stages.sense.forecast.forecaster import Forecaster, Made

Arrays = dict[str, NDArray[Any]]


def dump(forecaster: Forecaster, watch: Watch) -> Arrays:
    """Everything known, as copies."""
    made = sorted(forecaster.made.items())
    experts, horizons = forecaster.errors.shape
    return {
        "history": np.array(forecaster.history, np.float64),
        "steps": np.array([forecaster.step, *watch.dump()], np.int64),
        "errors": forecaster.errors.copy(),
        "counts": forecaster.counts.copy(),
        "band_errors": forecaster.bands.errors.copy(),
        "band_at": forecaster.bands.at.copy(),
        "band_shares": forecaster.bands.shares.copy(),
        "made_at": np.array([step for step, _ in made], np.int64),
        "made_each": np.array([one.each for _, one in made]).reshape(len(made), experts, horizons),
        "made_path": np.array([[one.middle, one.below, one.above] for _, one in made]).reshape(len(made), 3, horizons),
    }


def load(arrays: Mapping[str, NDArray[Any]], *, hour: int) -> tuple[Forecaster, Watch]:
    """What `dump` was given. Raises KeyError, ValueError for anything else."""
    forecaster, watch = Forecaster(hour), Watch()
    for name, target in (
        ("errors", forecaster.errors),
        ("counts", forecaster.counts),
        ("band_errors", forecaster.bands.errors),
        ("band_at", forecaster.bands.at),
        ("band_shares", forecaster.bands.shares),
    ):
        if arrays[name].shape != target.shape:
            raise ValueError("these are not the arrays of a forecaster")
        target[...] = arrays[name]
    forecaster.history.extend(arrays["history"].tolist())
    step, *watched = (int(one) for one in arrays["steps"])
    forecaster.step = step
    watch.load(watched)
    for at, each, path in zip(arrays["made_at"].tolist(), arrays["made_each"], arrays["made_path"], strict=True):
        forecaster.made[int(at)] = Made(np.array(each), *(np.array(one) for one in path))
    return forecaster, watch
