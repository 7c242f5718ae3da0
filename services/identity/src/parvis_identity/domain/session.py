# SPDX-License-Identifier: EUPL-1.2
"""Sessions of browsers, and what an authorization request still needs from the person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final
from uuid import UUID

from parvis_identity.domain.authorization import AuthorizationRequest
from parvis_identity.domain.client import Client, Consent
from parvis_identity.domain.errors import OAuthError
from parvis_kit.security.assurance import reaches

RECENT: Final = timedelta(minutes=10)
"""How long after signing in somebody may change the ways into their account."""
_SKEW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One person signed in with one browser; ``kind`` is ``citizen`` or ``agent``.

    ``auth_time`` is when the provider saw the person, which may be earlier than our own ``created_at``.
    """

    id: UUID
    person: UUID
    kind: str
    provider: str
    acr: str | None
    amr: tuple[str, ...]
    auth_time: datetime
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def alive(self, now: datetime, idle: timedelta) -> bool:
        """True until it is ended, too old, or left alone for too long."""
        return self.ended_at is None and now < self.expires_at and now - self.last_seen_at < idle

    def recent(self, now: datetime) -> bool:
        """True just after the person signed in, until it is ended."""
        return self.ended_at is None and now - self.auth_time <= RECENT

    def fresh_for(self, request: AuthorizationRequest, now: datetime) -> bool:
        """True when the person signed in recently enough for this request, or for it."""
        if self.opened_for(request):
            return True
        if request.prompt & {"login", "select_account"}:
            return False
        return request.max_age is None or now - self.auth_time <= timedelta(seconds=request.max_age)

    def seen_for(self, request: AuthorizationRequest) -> bool:
        """True when whoever vouches saw the person as lately as the request wants, by a provider's clock or by ours.

        A provider that lets people in by a session of its own says when it really saw them (OpenID Connect Core section
        2, ``auth_time``).
        """
        ages = [timedelta(0)] if "login" in request.prompt else []
        ages += [timedelta(seconds=request.max_age)] if request.max_age is not None else []
        return not ages or request.received_at - self.auth_time <= min(ages) + _SKEW

    def opened_for(self, request: AuthorizationRequest) -> bool:
        """True when the person has signed in since the request came."""
        return self.created_at >= request.received_at


class Step(Enum):
    """What comes next."""

    LOGIN = auto()
    CONSENT = auto()
    ISSUE = auto()


def next_step(
    request: AuthorizationRequest, client: Client, session: Session | None, consented: frozenset[str], now: datetime
) -> Step:
    """What the request still needs; raises OAuthError where that cannot be had without a page, or at all.

    Args:
        request: the checked authorization request.
        client: who asks.
        session: the live session of this browser with the kind of person that the client serves, if any.
        consented: scopes that the person has allowed this client before, and wants remembered.
        now: the present time.
    """
    silent = "none" in request.prompt
    enough = session is not None and reaches(session.acr, request.acr_values)
    if session and session.opened_for(request) and not (enough and session.seen_for(request)):
        # OpenID Connect Core Error Code unmet_authentication_requirements 1.0, as RFC 9470 section 5 wants it.
        raise OAuthError("unmet_authentication_requirements", "the person cannot sign in at this level, or not anew")
    if session is None or not enough or not session.fresh_for(request, now):
        if silent:
            raise OAuthError("login_required", "the person is not signed in, or not at this level")
        return Step.LOGIN
    remembered = request.scopes <= consented and client.remembers_consent(request.redirect_uri)
    unasked = client.consent is Consent.IMPLIED or (remembered and "consent" not in request.prompt)
    # Each time the person is told which device it is: somebody may have sent them the code (RFC 8628 section 5.4).
    if unasked and request.device is None:
        return Step.ISSUE
    if silent:
        raise OAuthError("consent_required", "the person has not allowed this yet")
    return Step.CONSENT
