"""New Relic: issues by a workflow webhook with our payload template."""
