"""Stand-ins for the outside services, spoken to over real HTTP. Shares only `kit` with the product."""
