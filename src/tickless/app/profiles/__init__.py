"""What kinds of organisation begin with: settings that hold until the house's own file says otherwise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

ProfileName = Literal["small", "enterprise", "regulated", "msp"]
PROFILES: tuple[ProfileName, ...] = get_args(ProfileName)
HERE = Path(__file__).parent


def settings_of(profile: str) -> dict[str, Any]:
    """The settings of a profile; none for one that nobody knows, which is refused where the settings are checked."""
    if profile not in PROFILES:
        return {}
    return tomllib.loads((HERE / f"{profile}.toml").read_text(encoding="utf-8"))


def over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` wins, name by name, at every depth."""
    return {
        name: over(base[name], own[name])
        if isinstance(base.get(name), dict) and isinstance(own.get(name), dict)
        else own.get(name, base.get(name))
        for name in {**base, **own}
    }
