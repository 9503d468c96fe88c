"""CloudEvents 1.0 over HTTP: structured, binary and batched; CDEvents types are recognised."""
