"""Shopify as seen from here: OAuth, the Admin GraphQL API, bulk operations. Knows no room and no database.

`gateway.py` is the way in: one `ShopifyGateway` a process, which gives out a `ShopifyClient` for each shop.
"""
