"""The embedded mode: PostgreSQL, Redis and the product's own processes on one machine, with nothing to install."""
