"""Zabbix: problems, updates and recoveries by our webhook media type."""
