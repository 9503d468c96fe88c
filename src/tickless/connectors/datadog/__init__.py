"""Datadog: monitor alerts by a webhook with our payload template."""
