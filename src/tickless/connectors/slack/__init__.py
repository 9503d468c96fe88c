"""Slack: people's messages and buttons by Socket Mode or the Events API, answers in Block Kit."""
