"""Alerts → groups of one cause each, one alert at a time, with the reason for every join in words and numbers."""
