"""The HTTP machine: one error format, strict input, one ASGI shell around everything, cookies, limits, streams, static files."""
