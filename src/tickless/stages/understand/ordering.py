"""In which order needs of one message are best met: what others depend on comes first, questions last. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tickless.domain.finding import Evidence, Finding

_FIRST: tuple[frozenset[str], ...] = (
    frozenset({"account_unlock"}),
    frozenset({"password_reset"}),
    frozenset({"joiner", "mover"}),
    frozenset({"vpn_trouble"}),
    frozenset({"device_trouble", "incident_report"}),
    frozenset({"access_request", "mailbox_quota"}),
    frozenset({"software_install"}),
    frozenset(),
    frozenset({"access_removal", "leaver", "account_disable"}),
    frozenset({"status_of_case", "approval_answer"}),
    frozenset({"question"}),
)
_OTHERS = 7
"""Where a need stands that this list doesn't know: after what others depend on, before questions."""


def rank_of(need: str | None) -> int:
    """Smaller comes first."""
    return next((place for place, names in enumerate(_FIRST) if need in names), _OTHERS)


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Needs by dependency, each with its place among them as evidence; whatever is no need stays in front."""
    needs = [one for one in findings if one.act == "need" and one.need]
    if len(needs) < 2:
        return list(findings)
    rest = [one for one in findings if not (one.act == "need" and one.need)]
    ordered = sorted(needs, key=lambda one: rank_of(one.need))
    numbered = [
        one.model_copy(update={"evidence": (*one.evidence, _place(at, ordered))}) for at, one in enumerate(ordered, 1)
    ]
    return [*rest, *numbered]


def _place(at: int, ordered: Sequence[Finding]) -> Evidence:
    before = ordered[at - 2].need if at > 1 else None
    why = f"after {before}" if before else "others may depend on it"
    return Evidence(text=f"{at} of {len(ordered)} in order: {why}", source="order", ref=str(at))
