"""PostgreSQL: long and blocked queries, dead rows, replication; ending a query, and vacuuming a table."""
