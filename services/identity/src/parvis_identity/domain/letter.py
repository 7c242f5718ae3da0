# SPDX-License-Identifier: EUPL-1.2
"""The letters that signing in needs: what each is for, and when one that the mail relay refuses goes again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(minutes=10)


class Purpose(StrEnum):
    """Why somebody is written to."""

    REGISTRATION = "registration"
    ACTIVATION = "activation"
    RECOVERY = "recovery"
    SECOND_FACTOR_ADDED = "second-factor-added"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    RECOVERY_CODE_USED = "recovery-code-used"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - no password
    EMAIL_CODE = "email-code"
    EMAIL_CHANGED = "email-changed"
    EMAIL_REMOVED = "email-removed"
    IDENTITY_LINKED = "identity-linked"
    IDENTITY_UNLINKED = "identity-unlinked"
    ORGANISATION_INVITATION = "organisation-invitation"
    MERGE_PREPARED = "merge-prepared"
    ACCOUNTS_MERGED = "accounts-merged"
    SECOND_FACTOR_RESET_ASKED = "second-factor-reset-asked"
    SECOND_FACTOR_RESET = "second-factor-reset"
    ERASURE_ASKED = "erasure-asked"
    ERASURE_CANCELLED = "erasure-cancelled"
    ERASURE_HELD = "erasure-held"
    ACCOUNT_ERASED = "account-erased"
    MANDATE_ENDED = "mandate-ended"
    CHILD_ERASURE_ASKED = "child-erasure-asked"
    CHILD_ERASURE_CANCELLED = "child-erasure-cancelled"
    CHILD_ACCOUNT_ERASED = "child-account-erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A wish to write to an address; what the letter says is decided when it is written, not when it is wished for.

    ``continuation`` is the sign-in that is to go on afterwards, sealed for the browser whose hash (hexadecimal) goes
    with it; ``code`` is what the recipient is to type, and ``organisation`` the name of the one that invites; ``day``
    (YYYY-MM-DD) is when what the letter announces can happen.
    """

    purpose: Purpose
    recipient: str
    language: str
    collectivity: str
    continuation: str | None = None
    browser: str | None = None
    organisation: str | None = None
    code: str | None = None
    day: str | None = None


def retry_after(attempts: int) -> timedelta:
    """The wait after that many attempts, 1 or more: somebody sits in front of a page and waits for this letter."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 10)), LONGEST_RETRY)
