"""GitLab: deployments, pipelines and pushes as signals; running a pipeline's failed jobs again, and rolling a service back."""
