"""One folder per outside system, nothing else. Reached through `tickless.sdk.registry` only."""
