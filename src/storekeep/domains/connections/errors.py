"""The refusals of connections. Codes are stable and listed in docs/errors.md."""

from __future__ import annotations

from storekeep.kit.errors import AppError, Conflict, InvalidInput, Kind, NotFound


class StoreNotFound(NotFound):
    """There is no such store in this tenant."""

    code = "STORE_NOT_FOUND"
    message = "There is no such store here."


class ErasureNotFound(NotFound):
    """There is no such erasure in this tenant."""

    message = "There is no such erasure here."


class ShopTaken(Conflict):
    """The shop is connected to another tenant. Whose it is, is not said."""

    code = "SHOP_TAKEN"
    message = "This shop is already connected to another Storekeep account. Disconnect it there first."


class StoreDisconnecting(Conflict):
    """The store is being erased: nothing may be written for it any more."""

    code = "STORE_DISCONNECTING"
    message = "This store is being disconnected and its data erased. Connect it again when that is done."


class NameMismatch(InvalidInput):
    """The name typed to confirm a deletion is not the thing's name."""

    code = "VALIDATION_NAME_MISMATCH"
    message = "The name you typed does not match. Nothing was deleted."


class OAuthStateRefused(AppError):
    """The return from Shopify does not belong to a connection begun here.

    Unknown, used, too old, or begun in another browser, by another person, for another account or shop; which one is not said.
    """

    code = "SHOPIFY_OAUTH_STATE_INVALID"
    kind = Kind.FORBIDDEN
    message = "This connection was not started here, or took too long. Start it again."


class AccessTokenRefused(InvalidInput):
    """Shopify does not accept the pasted access token for this shop."""

    code = "SHOPIFY_AUTH_FAILED"
    message = "Shopify does not accept this access token for this shop. Check both and try again."


class StoreNeedsReconnect(Conflict):
    """Shopify no longer accepts the store's token, or it cannot be read: a person must consent again."""

    code = "SHOPIFY_AUTH_FAILED"
    message = "Shopify no longer accepts our access to this store. Connect it again."


class ShopReplaced(Conflict):
    """The address belongs to another shop than the one whose data we have: mixing the two would be wrong."""

    code = "SHOP_REPLACED"
    message = "This address now belongs to another shop than before. Disconnect the store first, then connect it anew."
