"""Whatever an API server tells is a workload; a patch changes what it is meant to change and nothing else."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tickless.connectors.kubernetes.workloads import (
    STEP,
    Workload,
    node_state,
    restart_patch,
    revisions,
    rollback_patch,
    workload_state,
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["metadata", "spec", "status", "replicas", "annotations", "template", "generation", "conditions", "x"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
THINGS = JSON.filter(lambda value: isinstance(value, dict))


@given(THINGS)
def test_any_object_is_a_workload_and_a_node(thing: dict[str, Any]) -> None:
    state = workload_state(Workload("/x", thing))
    assert state.wanted >= 0
    assert state.settled <= (state.ready == state.wanted)
    node_state(thing)


def test_a_wish_that_the_cluster_has_not_seen_is_not_settled() -> None:
    thing = {"metadata": {"generation": 5}, "spec": {"replicas": 1},
             "status": {"readyReplicas": 1, "updatedReplicas": 1, "observedGeneration": 4}}  # fmt: skip
    assert not workload_state(Workload("/x", thing)).settled
    thing["status"]["observedGeneration"] = 5
    assert workload_state(Workload("/x", thing)).settled


def test_a_daemon_set_wants_one_pod_a_node() -> None:
    thing = {"status": {"desiredNumberScheduled": 3, "numberReady": 3, "updatedNumberScheduled": 3}}
    state = workload_state(Workload("/x", thing))
    assert (state.wanted, state.settled) == (3, True)


def test_a_restart_changes_annotations_only() -> None:
    patch = restart_patch(now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC), key="run:step")
    assert patch["metadata"] == {"annotations": {STEP: "run:step"}}
    assert set(patch["spec"]) == {"template"}
    assert set(patch["spec"]["template"]["metadata"]) == {"annotations"}


def test_only_the_deployments_own_sets_are_its_revisions() -> None:
    mine = {"metadata": {"ownerReferences": [{"uid": "u"}], "annotations": {"deployment.kubernetes.io/revision": "3"}}}
    other = {"metadata": {"ownerReferences": [{"uid": "v"}], "annotations": {"deployment.kubernetes.io/revision": "2"}}}
    here = Workload("/x", {"metadata": {"uid": "u"}})
    assert list(revisions([mine, other, {}], here)) == [3]
    assert revisions([mine], Workload("/x", {})) == {}


def test_going_back_leaves_the_clusters_own_label_out() -> None:
    old = {
        "spec": {
            "template": {"metadata": {"labels": {"app": "web", "pod-template-hash": "h"}}, "spec": {"containers": []}}
        }
    }
    template, annotations = rollback_patch(old, Workload("/x", {"metadata": {"annotations": {"a": "b"}}}), key="k")
    assert template["value"]["metadata"]["labels"] == {"app": "web"}
    assert annotations["value"] == {"a": "b", STEP: "k"}
