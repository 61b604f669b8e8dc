"""Plugins of the test suite; fixtures live in tests/support."""

pytest_plugins = [
    "tests.support.logs",
    "tests.support.servers",
    "tests.support.database",
    "tests.support.accounts",
    "tests.support.sharing_out",
    "tests.support.tracing",
    "tests.support.collecting",
    "tests.support.world",
    "tests.support.shopify_world",
    "tests.support.copied",
]
