"""Which series have a limit: rules as data (`limits.yaml`) and those of the settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import Field

from tickless.domain.record import Record
from tickless.kit.yaml_text import read_yaml

Reads = Literal["free", "used", "share", "percent", "expires", "remaining"]
LimitKind = Literal[
    "disk", "inodes", "memory", "certificate", "licence", "seats", "quota", "addresses", "connections", "files"
]
DATED: Final[frozenset[str]] = frozenset({"expires", "remaining"})
"""Ways to read a value that tell a date, not an amount."""
DAY: Final = 86_400.0


class KindOfLimit(Record):
    """What all limits of a kind share: the alert class of their forecasts, and how many hours ahead one is worth acting on."""

    alert_class: str = Field(alias="class")
    noun: str
    ahead_hours: float


class LimitRule(Record):
    """A metric that has a limit. Its measure is a share from 0 to 100, or for dates the days that are left, as a negative."""

    metric: str = Field(min_length=1, max_length=200)
    """Exactly."""
    kind: LimitKind
    reads: Reads
    """How a value is to be read: `free` or `used` of what there is, `share` (0–1), `percent`, `expires`, `remaining`."""
    of: str | None = None
    """The metric beside it that says how much there is, with the same labels."""
    limit: float | None = Field(default=None, gt=0)
    """How much there is, where no metric says it."""
    of_labels: dict[str, str] = Field(default_factory=dict)
    """Labels in which that metric differs; an empty value: it has none of that name."""
    where: dict[str, str] = Field(default_factory=dict)
    """Labels that the series must have, `*` for any value."""
    without: tuple[str, ...] = ()
    """Labels that the series must not have."""
    but: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Label → values that are not meant."""

    @property
    def dated(self) -> bool:
        """Whether it tells of a date."""
        return self.reads in DATED

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether a series of that metric is meant."""
        wanted = all(
            labels.get(name, "") == value or (value == "*" and name in labels) for name, value in self.where.items()
        )
        kept_out = any(labels.get(name) in values for name, values in self.but.items())
        return wanted and not kept_out and not any(name in labels for name in self.without)

    def measure(self, value: float, whole: float | None, *, at: float) -> float | None:
        """What rises to its limit (100, or 0 for dates); None while the whole is not known."""
        match self.reads:
            case "expires":
                return -(value - at) / DAY
            case "remaining":
                return -value / DAY
            case "share":
                return 100.0 * value
            case "percent":
                return value
        whole = self.limit if self.limit is not None else whole
        if whole is None or whole <= 0:
            return None
        return 100.0 * (value if self.reads == "used" else whole - value) / whole

    @property
    def full(self) -> float:
        """Where the measure has met its limit."""
        return 0.0 if self.dated else 100.0


class Limits:
    """The rules in force: those of the settings first, then those that ship."""

    def __init__(self, own: Sequence[LimitRule] = ()) -> None:
        self._rules: dict[str, list[LimitRule]] = {}
        for rule in (*own, *shipped_rules()):
            self._rules.setdefault(rule.metric, []).append(rule)
        self._wholes = frozenset(rule.of for rules in self._rules.values() for rule in rules if rule.of)

    @property
    def wholes(self) -> frozenset[str]:
        """Metrics that say how much there is of something."""
        return self._wholes

    def rule_of(self, metric: str, labels: Mapping[str, str]) -> LimitRule | None:
        """The rule of a series, if it has a limit."""
        return next((rule for rule in self._rules.get(metric, ()) if rule.fits(labels)), None)


def kind_of_limit(kind: str) -> KindOfLimit:
    """What all limits of a kind share. Raises KeyError."""
    return _data()[0][kind]


def shipped_rules() -> tuple[LimitRule, ...]:
    """Those that ship."""
    return _data()[1]


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, KindOfLimit], tuple[LimitRule, ...]]:
    read = read_yaml(files("tickless.stages.sense.forecast").joinpath("limits.yaml").read_text("utf-8"))
    kinds = {name: KindOfLimit.model_validate(one) for name, one in read["kinds"].items()}
    return kinds, tuple(LimitRule.model_validate(one) for one in read["metrics"])


def kinds_of_class(alert_class: str) -> frozenset[str]:
    """The kinds of limits whose forecasts are of that alert class."""
    return frozenset(name for name, kind in _data()[0].items() if kind.alert_class == alert_class)
