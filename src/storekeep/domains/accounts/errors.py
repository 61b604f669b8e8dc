"""What accounts refuses, and in which words."""

from __future__ import annotations

from storekeep.kit.errors import AppError, Conflict, Forbidden, InvalidInput, Kind, NotFound


class AuthRequired(AppError):
    """The request carries no session."""

    code = "AUTH_REQUIRED"
    kind = Kind.UNAUTHENTICATED
    message = "Please sign in."


class SessionExpired(AppError):
    """The session the request carries has ended: after 24 hours, by signing out, or because it was revoked."""

    code = "AUTH_SESSION_EXPIRED"
    kind = Kind.UNAUTHENTICATED
    message = "Your session has ended. Please sign in again."


class InvalidCredentials(AppError):
    """Unknown e-mail address or wrong password; which of the two is never said."""

    code = "AUTH_INVALID_CREDENTIALS"
    kind = Kind.UNAUTHENTICATED
    message = "The e-mail address or the password is not right."


class WrongPassword(InvalidInput):
    """The current password given with a change is not right."""

    code = "AUTH_WRONG_PASSWORD"
    message = "The current password is not right. Nothing was changed."


class TooManyAttempts(AppError):
    """Too many wrong passwords for this e-mail address or from this network; a moment's wait helps."""

    code = "AUTH_TOO_MANY_ATTEMPTS"
    kind = Kind.LIMITED
    message = "Too many attempts. Please wait a moment and try again."


class SignInBusy(AppError):
    """More people sign in than this process can check at once."""

    code = "AUTH_BUSY"
    kind = Kind.UNAVAILABLE
    message = "Many people are signing in right now. Please try again in a moment."


class EmailTaken(Conflict):
    """Somebody signs in with this e-mail address already."""

    code = "AUTH_EMAIL_TAKEN"
    message = "Somebody signs in with this e-mail address already. If it is you, sign in instead."


class NoTenant(Forbidden):
    """The person is known, but belongs to no tenant any more: it is being deleted, or they were removed from it."""

    code = "AUTH_NO_TENANT"
    message = "You no longer belong to any tenant. It was deleted, or you were removed from it."


class LastOwner(Conflict):
    """A tenant always has an owner."""

    code = "MEMBER_LAST_OWNER"
    message = "This is the tenant's only owner. Make somebody else an owner first."


class OwnerOnly(Forbidden):
    """Only an owner makes, changes or removes an owner."""

    message = "Only an owner can make, change or remove an owner."


class AlreadyMember(Conflict):
    """The person is a member of this tenant already."""

    code = "MEMBER_EXISTS"
    message = "This person is a member already."


class TenantNotFound(NotFound):
    """The tenant does not exist, or the person does not belong to it; the two look alike on purpose."""

    code = "TENANT_NOT_FOUND"
    message = "There is no such tenant here."


class MemberNotFound(NotFound):
    """No such member in this tenant."""


class NameMismatch(InvalidInput):
    """The name typed to confirm a deletion is not the thing's name."""

    code = "VALIDATION_NAME_MISMATCH"
    message = "The name you typed does not match. Nothing was deleted."


class TenantDeleting(Conflict):
    """The tenant is being deleted; nothing can be changed in it any more."""

    code = "TENANT_DELETING"
    message = "This tenant is being deleted."


class SessionChanged(Conflict):
    """The page was made for another person or another account than the browser's session is by now of."""

    code = "SESSION_CHANGED"
    message = "In this browser somebody else is signed in by now, or in another account. Nothing was changed."
