"""Detection: what is unlike itself. Pure and causal: numbers and their times in, scores and alarms out."""
