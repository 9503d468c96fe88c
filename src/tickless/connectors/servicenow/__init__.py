"""ServiceNow: incidents and requests over its Table API."""
