"""Storekeep: support and insight for Shopify merchants. The folders below are the floors of `docs/architecture.md`."""
