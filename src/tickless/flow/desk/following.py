"""Git checkouts that the house keeps up with: fetched again and again, moved forward only by what compiles and was reviewed.

What lies in them (runbooks, policies, articles) is read by those who read folders anyway. A commit that they do not take in
is not left lying there, so that a restart finds what held before.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tickless.domain.errors import Problem, TicklessError
from tickless.flow.desk.promise import Check
from tickless.journal import Journal
from tickless.kit.checkout import GitFailed
from tickless.kit.clock import Clock
from tickless.kit.log import get_logger
from tickless.kit.remote_branch import RemoteBranch, back, fetch, forward, head_of

log = get_logger("flow")


@dataclass
class Followed:
    """One checkout. `open`: makes the way there, with its secret as it is now. `trouble`: why it is not where its branch is."""

    name: str
    open: Callable[[], RemoteBranch]
    every: dt.timedelta
    looked_at: dt.datetime | None = None
    commit: str = ""
    trouble: str = ""
    refused: str = ""
    """The commit that was not taken in last: said once in the record, tried at each look."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Following:
    """`take`: reads the folders anew; what is wrong with them, and then what held before goes on holding."""

    def __init__(
        self, followed: Sequence[Followed], *, journal: Journal, clock: Clock, take: Callable[[], Sequence[Problem]]
    ) -> None:
        self._followed = tuple(followed)
        self._journal = journal
        self._clock = clock
        self._take = take

    def look(self) -> None:
        """By the clock, in every process; what takes long is done beside."""
        now = self._clock.now()
        due = [one for one in self._followed if one.looked_at is None or now - one.looked_at >= one.every]
        for one in due:
            one.looked_at = now  # so that the next look does not begin it once more
        if due:
            threading.Thread(target=self._each, args=(due,), name="following", daemon=True).start()

    def now(self) -> None:
        """Every one of them, at once. Blocks."""
        self._each(self._followed)

    def _each(self, some: Sequence[Followed]) -> None:
        for one in some:
            one.looked_at = self._clock.now()
            self.follow(one)

    def follow(self, one: Followed) -> None:
        """Fetch, and move forward by what is taken in."""
        with one.lock:
            try:
                remote = one.open()
                with _alone(remote) as mine:
                    if mine:
                        one.trouble = self._forward(one, remote)
                    one.commit = head_of(remote)
            except (GitFailed, TicklessError, OSError) as error:
                one.trouble = error.public if isinstance(error, TicklessError) else str(error)
            if one.trouble:
                log.error("a checkout does not follow its branch", reason=one.trouble)

    def _forward(self, one: Followed, remote: RemoteBranch) -> str:
        """Why it stays where it is; empty: it is where its branch is."""
        before, newest = head_of(remote), fetch(remote)
        if before == newest:
            return ""
        forward(remote, newest)
        problems = tuple(self._take())
        if problems:
            back(remote, before)
            self._take()
            first = problems[0]
            why = f"commit {newest[:12]} is not taken in: {first.path}:{first.line}: {first.reason}"
            if newest != one.refused:
                self._note("checkout.refused", remote, before, newest, why=why)
            one.refused = newest
            return why
        self._note("checkout.forwarded", remote, before, newest)
        return ""

    def _note(self, action: str, remote: RemoteBranch, before: str, to: str, **more: str) -> None:
        with self._journal.write() as tx:
            tx.audit.append(at=self._clock.now(), actor="tickless", action=action, subject=f"checkout:{remote.folder.name}",
                            detail={"from": before, "to": to, "branch": remote.branch, **more})  # fmt: skip

    def checks(self) -> list[Check]:
        """A line for each, for the doctor."""
        return [
            Check("git", ok=not one.trouble, mend="see what stands there, or mend the branch" if one.trouble else "",
                  detail=one.trouble or f"{one.name} at {one.commit[:12] or 'its first look'}")
            for one in self._followed
        ]  # fmt: skip


@contextmanager
def _alone(remote: RemoteBranch) -> Iterator[bool]:
    """Whether no other process of this machine moves it just now."""
    with (remote.folder / ".git" / "tickless.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
