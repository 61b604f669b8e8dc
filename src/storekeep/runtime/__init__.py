"""The machine: database, jobs, web, cache, crypto, outgoing HTTP, logging. Knows no business word."""
