"""Major incidents: criteria, roles, updates, rehearsals."""
