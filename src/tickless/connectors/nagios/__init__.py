"""Nagios and Icinga: host and service notifications by our commands, or as mail text."""
