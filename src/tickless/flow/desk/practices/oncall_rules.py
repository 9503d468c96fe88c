"""How people want to be paged while they are on call: each their own rules, ruled and audited."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.errors import BadInput
from tickless.domain.oncall_rules import USUAL, PagingRules, PagingRulesDraft, Ways
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.paging_ways import channels, unreached
from tickless.practices.oncall.rules import DEFAULT


@dataclass(frozen=True)
class RulesShown:
    """How one person is paged. `rules` None: by the default. `channels`: each with why they are not reached there, if so."""

    person: str
    rules: PagingRules | None
    channels: tuple[tuple[str, str], ...]

    @property
    def urgent(self) -> Ways:
        return self.rules.urgent if self.rules else DEFAULT

    @property
    def other(self) -> Ways:
        return (self.rules.other or self.rules.urgent) if self.rules else DEFAULT


class OnCallRules:
    """Methods block. All raise `Forbidden` with the policies' reasons, `BadInput` for somebody who is not known."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def listed(self) -> list[PagingRules]:
        """Of everybody who has some."""
        with self._journal.read() as tx:
            return tx.paging_rules.where(limit=2_000)

    def show(self, name: str | None, *, by: Keeper) -> RulesShown:
        """Of somebody; None: of the one who asks."""
        person = self._whose(name, by)
        known = channels(self._keeping.rooms)
        with self._journal.read() as tx:
            rules, who = tx.paging_rules.get(person), self._keeping.world.people.get(person)
            reach = tuple((one, unreached(tx, who, one, known)) for one in known)
        return RulesShown(person, rules, reach)

    def keep(self, name: str | None, draft: PagingRulesDraft, *, by: Keeper) -> PagingRules:
        """They count from the next minute on, for pages that are under way, too."""
        person, keeping = self._whose(name, by), self._keeping
        known = channels(keeping.rooms)
        for ways in (draft.urgent, draft.other):
            for step in ways.steps if ways else ():
                if step.by != USUAL and step.by not in known:
                    raise BadInput(f"there is no channel {step.by[:80]!r}",
                                   mend=f"name one of these: {', '.join([USUAL, *known])}")  # fmt: skip
        made = PagingRules(**{name: getattr(draft, name) for name in PagingRulesDraft.model_fields}, person=person,
                           made_by=by.by, made_at=keeping.now)  # fmt: skip
        with self._journal.write() as tx:
            keeping.record(tx, by.by, "paging_rules.kept", f"person:{person}", draft.model_dump(mode="json"))
            return tx.paging_rules.put(made)

    def drop(self, name: str | None, *, by: Keeper) -> RulesShown:
        """The default counts again."""
        person = self._whose(name, by)
        with self._journal.write() as tx:
            self._keeping.record(tx, by.by, "paging_rules.dropped", f"person:{person}", {})
            tx.paging_rules.delete(person)
        return self.show(person, by=by)

    def _whose(self, name: str | None, by: Keeper) -> str:
        """Whose rules: policy says whether they may be seen and written."""
        mine = names_person(by)
        person = self._keeping.person(name) if name else mine
        if person is None:
            raise BadInput("your account belongs to nobody who is known here", mend="name the person whom you mean")
        self._keeping.allow(by, "on_call", "notify", mine=person == mine)
        return person
