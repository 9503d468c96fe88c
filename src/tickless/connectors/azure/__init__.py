"""Azure Monitor: alerts in the common alert schema."""
