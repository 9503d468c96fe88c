"""Standard changes: authorised beforehand, because they are low in risk and done the same way each time."""

from __future__ import annotations

from tickless.domain.change import Change, ChangeModel, ModelDraft
from tickless.domain.errors import BadInput
from tickless.flow.keeping import Keeper, Keeping
from tickless.journal import Tx

MOST = 500


class StandardChanges:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def listed(self) -> list[ChangeModel]:
        """All of them, by id."""
        with self._journal.read() as tx:
            return tx.change_models.where(limit=MOST)

    def authorise(self, draft: ModelDraft, *, by: Keeper, identity: str | None = None) -> ChangeModel:
        """Pre-authorise a kind of change, or again one that was suspended. Raises `BadInput`, `Forbidden`, `NotFound`."""
        keeping = self._keeping
        services = keeping.services(draft.services)
        keeping.allow(by, "changes", "authorise", services=services)
        if draft.backout == "none":
            raise BadInput("a standard change has a way back", mend="write the way back down")
        with self._journal.write() as tx:
            if identity is not None:
                tx.change_models.need(identity)
            made = ChangeModel(
                **draft.model_dump(exclude={"services", "owner"}),
                id=identity or keeping.new_id(tx, "std"),
                services=services,
                owner=keeping.person(draft.owner),
                made_by=by.by,
                made_at=keeping.now,
                authorised_by=by.by,
                authorised_at=keeping.now,
            )
            keeping.record(tx, by.by, "change_model.authorised", made.id, {"title": made.title})
            return tx.change_models.put(made)

    def retire(self, identity: str, *, reason: str, by: Keeper) -> ChangeModel:
        """No more of a standard change. Raises `NotFound`, `Forbidden`."""
        self._keeping.allow(by, "changes", "authorise")
        with self._journal.write() as tx:
            model = tx.change_models.need(identity, lock=True)
            self._keeping.record(tx, by.by, "change_model.retired", identity, {"reason": reason})
            return tx.change_models.put(model.model_copy(update={"state": "retired", "suspended_why": reason[:500]}))


def why_normal(tx: Tx, change: Change) -> str:
    """Why its model does not cover a standard change any more; empty: it does, or it is none."""
    if change.kind != "standard":
        return ""
    model = tx.change_models.get(change.model or "")
    if model is None or model.state != "authorised":
        return "its model is not authorised"
    if model.services and not set(change.services) <= set(model.services):
        return "its model is not for these services"
    if change.risk is None or change.risk.score > model.most_risk:
        return f"its risk is above the {model.most_risk} of its model"
    return ""
