"""Kubernetes: what runs in a cluster, as services of the map."""
