"""The policies that the settings name."""

from __future__ import annotations

from tickless.app.settings import Settings
from tickless.app.shipped import shipped
from tickless.flow.policing import Policing
from tickless.journal import Journal
from tickless.kit.checkout import GitFailed, commits_of, is_checkout
from tickless.kit.clock import Clock
from tickless.stages.decide.policy_folder import Found, read_folder


def policing_of(settings: Settings, journal: Journal, clock: Clock) -> Policing:
    """Read them, and look again when a file changes. Raises `SettingsInvalid` where there never was a valid set."""
    folder, wish = settings.policies or shipped("policies"), settings.policy

    def read(after: str) -> Found:
        return read_folder(folder, profile=wish.profile, review=wish.review, after=after,
                           in_git=settings.policies is not None or wish.review != "none")  # fmt: skip

    def signature() -> str:
        """Changes whenever a policy file is added, removed or written, or a commit is made."""
        try:
            files = [folder / "schema.cedarschema", *sorted(folder.rglob("*.cedar"))]
            told = [f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in files]
            if wish.review != "none" and is_checkout(folder):
                told += [one.id for one in commits_of(folder, limit=1)]
        except (OSError, GitFailed):
            return "unreadable"
        return "\n".join(told)

    return Policing(journal, clock, read=read, signature=signature)
