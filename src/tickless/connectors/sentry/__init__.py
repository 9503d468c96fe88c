"""Sentry: metric alerts, issue alerts, issues and errors, with its signature checked."""
