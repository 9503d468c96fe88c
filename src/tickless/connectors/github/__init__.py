"""GitHub: deployments, workflow runs and pushes as signals; running a workflow again, and rolling back by one."""
