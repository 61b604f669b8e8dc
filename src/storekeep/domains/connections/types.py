"""The words connections uses: kinds of integration and the states of a store."""

from __future__ import annotations

from enum import StrEnum


class ConnectionType(StrEnum):
    """Which outside service a connection reaches."""

    SHOPIFY = "SHOPIFY"
    CUSTOM_EMAIL = "CUSTOM_EMAIL"
    GMAIL = "GMAIL"
    GOOGLE_ANALYTICS = "GOOGLE_ANALYTICS"
    META_ADS = "META_ADS"
    SLACK = "SLACK"


class ConnectionStatus(StrEnum):
    """Whether we can work with the connection now."""

    CONNECTED = "CONNECTED"
    NEEDS_RECONNECT = "NEEDS_RECONNECT"  # the token is dead; a person must consent again
    PAUSED = "PAUSED"  # the shop is frozen, locked or unpaid; we look again later
    DISCONNECTING = "DISCONNECTING"  # its data is being erased


class ConnectedVia(StrEnum):
    """How the store's token came to us."""

    OAUTH = "OAUTH"
    CUSTOM_APP = "CUSTOM_APP"
