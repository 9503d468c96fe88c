"""CDEvents: what continuous delivery did (deployments, changes, builds), incidents and tickets, over HTTP."""
