# SPDX-License-Identifier: EUPL-1.2
"""What can be refused, and why; codes are stable, words for people are found where pages are written."""

from enum import StrEnum


class OAuthError(Exception):
    """An error that the protocol names (RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core section 3.1.2.6).

    ``description`` is for the developer of the client, in English and ASCII as the RFC wants.
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class InvalidClientError(OAuthError):
    """The client did not prove who it is; never says whether the client exists."""

    def __init__(self) -> None:
        super().__init__("invalid_client", "unknown client, or client authentication failed")


class InvalidGrantError(OAuthError):
    """The code or refresh token cannot be used: unknown, used, expired, revoked, or not this client's."""

    def __init__(self, description: str = "the grant is unknown, expired, used or revoked") -> None:
        super().__init__("invalid_grant", description)


class Refusal(StrEnum):
    """Why a person cannot go on; each has its page."""

    UNKNOWN_CLIENT = "unknown-client"
    UNREGISTERED_REDIRECT = "unregistered-redirect"
    EXPIRED = "expired"
    PROVIDER_UNREACHABLE = "provider-unreachable"
    PROVIDER_FAILED = "provider-failed"
    PROVIDER_MISCONFIGURED = "provider-misconfigured"
    PROVIDER_UNTRUSTED = "provider-untrusted"
    PROVIDER_SESSION_LOST = "provider-session-lost"
    PROVIDER_ACCOUNT_FAILED = "provider-account-failed"
    PROVIDER_ACCOUNT_BLOCKED = "provider-account-blocked"
    PROVIDER_ACCESS_CLOSED = "provider-access-closed"
    CIVIL_STATUS_NOT_FOUND = "civil-status-not-found"
    CIVIL_STATUS_CLOSED = "civil-status-closed"
    LEVEL_TOO_LOW = "level-too-low"
    FOREIGN_ORGANISATION = "foreign-organisation"
    NO_MEMBERSHIP = "no-membership"
    ERASED = "erased"
    LINK_USED = "link-used"
    TOO_MANY_ATTEMPTS = "too-many-attempts"
    NOT_SIGNED_IN = "not-signed-in"
    NO_PASSWORD = "no-password"  # noqa: S105 - the name of a refusal
    NOT_RECENT = "not-recent"
    IDENTITY_TAKEN = "identity-taken"
    IDENTITY_DIFFERS = "identity-differs"
    LAST_WAY_IN = "last-way-in"


class RefusedError(Exception):
    """The way of a person through the pages ends here; nothing is sent to the client by itself.

    ``code`` is the provider's own name of what happened there, for whom the person writes to.
    """

    def __init__(self, reason: Refusal, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class GrantRefusedError(RefusedError):
    """The provider does not take the code or the refresh token (``invalid_grant``, RFC 6749 section 5.2)."""

    def __init__(self, code: str | None = None) -> None:
        super().__init__(Refusal.EXPIRED, code)


class UnknownPersonError(Exception):
    """There is no such person, or no longer."""


class NoAccountError(UnknownPersonError):
    """The same said so that a service which asks takes no other answer, of a wrong address for one, for it."""


class UnknownSessionError(Exception):
    """The person has no such session, or no longer."""


class NotForThisCallerError(Exception):
    """The caller holds the scope, but this is not for callers of their kind."""


class NotRecentError(Exception):
    """The person signed in too long ago for this act."""


class UnknownLinkError(Exception):
    """The person has no such link, or no longer."""


class LastWayInError(Exception):
    """Without it, nobody could sign in to the account any more."""


class IncompletePivotError(Exception):
    """The six fields of civil status do not tell this person from others."""


class UnknownMergeError(Exception):
    """There is no such merge in this collectivity."""


class MergeImpossibleError(Exception):
    """These two accounts cannot be joined, or not in this direction; ``reason`` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleMergeError(Exception):
    """The merge was decided meanwhile."""


class UnknownGroundError(Exception):
    """There is nothing by which the caller could act for somebody, or no longer."""


class MandateRefusedError(Exception):
    """These scopes cannot be given to another, or the end is past or too far."""


class NoSuchMandataryError(Exception):
    """No verified organisation of the collectivity has that number."""


class NoMinorError(Exception):
    """Nobody acts as a parent for who is of age, or not born yet."""


class TooManyChildrenError(Exception):
    """A household has room for so many and no more."""


class WrongOrganisationNumberError(Exception):
    """An organisation's number or legal form is none, or not one of its kind; ``member`` says which."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.member = member


class KnownOrganisationError(Exception):
    """An organisation of that number that is not closed is known in this collectivity already."""


class UnknownOrganisationError(Exception):
    """There is no such organisation, member or invitation, or not for this caller."""


class OrganisationTransitionError(Exception):
    """The organisation is not in the status that the act needs."""


class StaleOrganisationError(Exception):
    """The organisation has changed meanwhile."""


class LastRepresentativeError(Exception):
    """Nobody would speak for the organisation any more."""


class AlreadyMemberError(Exception):
    """The person is a member of the organisation already."""


class TooManyMembersError(Exception):
    """The organisation has room for so many and no more, or the address was written to too often."""
