"""The outside world: one folder a service, typed client, wire models, signature checks. Knows no room and no database."""
