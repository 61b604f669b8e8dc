"""A stand-in for the Shopify Admin: OAuth, GraphQL against the real schema, bulk files, and shops that keep state."""
