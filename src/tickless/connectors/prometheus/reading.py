"""Targets → services and items. Pure and total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tickless.domain.record import Untrusted
from tickless.sdk.capabilities.inventory import FoundItem, FoundService, Inventory, Misfit
from tickless.sdk.fields import Fields

MEND = "give the target a label `service`"


def targets_of(body: Any) -> list[Fields] | None:
    """Active targets of an answer of `/api/v1/targets`; None where it is no such answer."""
    if not isinstance(body, Mapping):
        return None
    found = Fields(body).part("data").values.get("activeTargets")
    return [Fields(one) for one in found if isinstance(one, Mapping)] if isinstance(found, list) else None


def read_targets(
    targets: Iterable[Fields],
    *,
    service_labels: Sequence[str],
    team_labels: Sequence[str],
    leave: Sequence[str],
    whole: bool,
) -> Inventory:
    """A service for each name that labels give, an item for each instance."""
    services: dict[str, FoundService] = {}
    items: dict[str, FoundItem] = {}
    misfits: list[Misfit] = []
    for target in targets:
        labels = target.part("labels")
        job, instance = _tame(labels.text("job")), _tame(labels.text("instance"))
        named = _tame(labels.text(*service_labels))
        name = named or ("" if job in leave else job)
        if not instance or not (job or named):
            misfits.append(
                Misfit(
                    place=_tame(target.text("scrapeUrl")) or "a target", reason="names no job and instance", mend=MEND
                )
            )
            continue
        if name and name not in services:
            team = _tame(labels.text(*team_labels))
            services[name] = FoundService(
                ref=name,
                name=name,
                kind="application",
                team=team,
                system=_tame(labels.text("system")),
                place=f"job {job}",
            )
        ref = f"instance:{job}:{instance}"
        about = {"job": job, "instance": instance, "namespace": _tame(labels.text("namespace"))}
        items[ref] = FoundItem(
            ref=ref[:300], kind="instance", name=instance, service=name, place=ref[:200],
            attributes={key: value for key, value in about.items() if value},
        )  # fmt: skip
    return Inventory(
        services=tuple(services.values()), items=tuple(items.values()), misfits=tuple(misfits), whole=whole
    )


def _tame(text: str) -> str:
    return Untrusted(text).tame(200)
