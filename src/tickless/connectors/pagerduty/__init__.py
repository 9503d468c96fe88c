"""PagerDuty's Events API v2 (and v1), as a server: its clients send here by another base URL. Change events, too."""
