"""The git checkouts of the settings: made before anything is read from them, followed while the house runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.app.settings import CheckoutSettings, Settings
from tickless.domain.errors import Problem, SettingsInvalid
from tickless.flow.desk.following import Followed, Following
from tickless.flow.rooms import Rooms
from tickless.kit.checkout import GitFailed
from tickless.kit.remote_branch import RemoteBranch, clone, is_there
from tickless.sdk.secrets import Secrets


def make_checkouts(settings: Settings, secrets: Secrets) -> None:
    """Clone those that are not there yet. Raises `SettingsInvalid`."""
    for one in settings.checkouts:
        remote = _remote(one, secrets)
        if is_there(remote):
            continue
        try:
            clone(remote)
        except GitFailed as error:
            raise SettingsInvalid(f"the checkout {one.folder} cannot be made: {error}",
                                  mend="look at its url, branch and key in [[checkouts]]") from error  # fmt: skip


def following_of(settings: Settings, rooms: Rooms, secrets: Secrets) -> Following:
    """Whoever keeps up with them."""

    def take() -> Sequence[Problem]:
        return [*rooms.runbooks.sync(by="tickless").problems, *rooms.policing.sync(by="tickless")]

    followed = [
        Followed(one.folder.name, open=lambda one=one: _remote(one, secrets), every=dt.timedelta(seconds=one.every))  # type: ignore[misc]
        for one in settings.checkouts
    ]
    return Following(followed, journal=rooms.journal, clock=rooms.clock, take=take)


def _remote(one: CheckoutSettings, secrets: Secrets) -> RemoteBranch:
    return RemoteBranch(one.folder, one.url, one.branch, token=secrets.reveal(one.token) if one.token else None,
                        ssh_key=one.ssh_key, known_hosts=one.known_hosts)  # fmt: skip
