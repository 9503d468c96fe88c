"""The sample company: a living estate in child processes, deterministic by seed."""
