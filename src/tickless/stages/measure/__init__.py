"""Journal → Numbers: read-only."""
