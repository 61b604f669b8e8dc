"""Audit: who did what to which thing, kept as a chain that shows tampering, and the timeline made of it."""
