"""What an alert's context adds, by its shape: metrics, log searches, activity, health of services and resources. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tickless.sdk.fields import Fields

_OVER = frozenset({"resolved", "complete", "rca", "false positive"})


@dataclass(frozen=True)
class Context:
    """`same`: what the trouble is about where Azure's own id changes with each notice. `over`: it says that the trouble ended
    although the alert only ever fires."""

    title: str = ""
    text: str = ""
    same: str = ""
    over: bool = False
    done: bool = False
    """Somebody did something: a change, and no trouble in itself."""
    link: str = ""
    at: dt.datetime | None = None
    labels: dict[str, str] = field(default_factory=dict)


def resource_name(target: str) -> str:
    """`/subscriptions/…/virtualmachines/web-1` → `web-1`; nothing for a whole subscription or group."""
    return target.rstrip("/").rpartition("/")[2] if "/providers/" in target.lower() else ""


def context_of(data: Fields) -> Context:
    """The context of an alert; what nobody knows is kept as labels."""
    context, signal = data.part("alertContext"), data.part("essentials").text("signalType")
    service = data.part("essentials").text("monitoringService").lower()
    properties = context.part("properties")
    if context.part("condition"):
        return _condition(context)
    if "servicehealth" in service.replace(" ", "") or properties.text("trackingId"):
        return _service_health(context, properties)
    if properties.text("currentHealthStatus"):
        return _resource_health(data, context, properties)
    if signal == "Activity Log" or context.text("operationName"):
        return _activity(context, done="administrative" in service)
    if "expression" in context and context.part("labels"):
        return _prometheus(context)
    if context.text("SearchQuery"):
        return _search(context)
    return Context(text=context.text("summary", "Description"), labels=context.labels(prefix="context."))


def _condition(context: Fields) -> Context:
    """Metrics and log searches: what was measured, against what."""
    condition = context.part("condition")
    told, labels, link = [], dict(context.part("properties").labels(prefix="property.")), ""
    for one in condition.parts("allOf"):
        name = one.text("metricName", "metricMeasureColumn", "searchQuery")
        told.append(" ".join(part for part in (name, one.text("timeAggregation"), "is", one.text("metricValue") or "no value",
                             f"({one.text('operator')} {one.text('threshold')})") if part))  # fmt: skip
        link = link or one.text("linkToFilteredSearchResultsUI", "linkToSearchResultsUI")
        for key in ("metricName", "metricNamespace", "searchQuery", "threshold", "operator", "metricValue"):
            if said := one.text(key):
                labels.setdefault(f"condition.{key}", said)
        for dimension in one.parts("dimensions"):
            if name := dimension.text("name"):
                labels.setdefault(f"dimension.{name}", dimension.text("value"))
    labels |= {
        name: said for name in ("windowSize", "windowStartTime", "windowEndTime") if (said := condition.text(name))
    }
    return Context(text="\n".join(told), link=link, labels={key: said for key, said in labels.items() if said})


def _service_health(context: Fields, properties: Fields) -> Context:
    tracking = properties.text("trackingId")
    return Context(
        title=properties.text("title", "defaultLanguageTitle"),
        text=properties.text("communication", "defaultLanguageContent"),
        same=f"service-health/{tracking}" if tracking else "",
        over=properties.text("stage", "currentHealthStatus").lower() in _OVER,
        at=context.time("eventTimestamp", "submissionTimestamp"),
        labels=properties.labels(prefix="health.", but={"communication", "defaultLanguageContent", "impactedServices"}),
    )


def _resource_health(data: Fields, context: Fields, properties: Fields) -> Context:
    target = next(iter(data.part("essentials").texts("alertTargetIDs")), "")
    status = properties.text("currentHealthStatus")
    return Context(
        title=f"{resource_name(target) or 'A resource'} is {status.lower()}",
        text="\n".join(part for part in (properties.text("title"), properties.text("details")) if part),
        same=f"resource-health/{target.lower()}" if target else "",
        over=status.lower() == "available",
        at=context.time("eventTimestamp"),
        labels=properties.labels(prefix="health.", but={"details"}),
    )


def _activity(context: Fields, *, done: bool) -> Context:
    """What somebody did, or what Azure did, to a resource."""
    caller, operation = context.text("caller"), context.text("operationName")
    said = " ".join(part for part in (operation, context.text("status"), f"by {caller}" if caller else "") if part)
    return Context(
        text="\n".join(
            part for part in (said, context.part("properties").text("statusMessage", "eventCategory")) if part
        ),
        at=context.time("eventTimestamp", "submissionTimestamp"),
        done=done,
        labels=context.labels(prefix="activity.", but={"authorization", "claims", "properties", "httpRequest"}),
    )


def _prometheus(context: Fields) -> Context:
    annotations = context.part("annotations")
    return Context(
        title=annotations.text("summary", "title"),
        text=annotations.text("description", "message") or context.text("expression"),
        labels={**context.labels(prefix="rule.", but={"labels", "annotations"}), **context.part("labels").labels()},
    )


def _search(context: Fields) -> Context:
    """The older log alert."""
    return Context(
        text=f"{context.text('SearchQuery')}\n{context.text('ResultCount') or 0} results",
        link=context.text("LinkToFilteredSearchResultsUI", "LinkToSearchResults"),
        labels=context.labels(prefix="search.", but={"SearchResults", "SearchQuery", "AffectedConfigurationItems"}),
    )
