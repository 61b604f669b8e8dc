"""Accounts: users, tenants, members, sessions, and who may do what. The lowest room: it knows no other."""
