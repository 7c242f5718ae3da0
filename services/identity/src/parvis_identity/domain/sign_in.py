# SPDX-License-Identifier: EUPL-1.2
"""What a provider vouches for at the end of a sign-in, and what an agent must also be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.person import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A person as verified by a provider: ``(issuer, subject)`` is the key, never the e-mail address.

    ``refresh_token`` is there where the provider can be asked again (``Profile.renews``) and gave one.
    """

    issuer: str
    subject: str
    provider: str
    acr: str | None
    auth_time: datetime
    id_token: str
    identity: Identity
    siret: str | None = None
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An agent of a collectivity, with the codes of the teams, roles and territories that go into tokens."""

    id: UUID
    collectivity: str
    person: UUID | None
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    territories: tuple[str, ...] = ()


def check_organisation(vouched: Vouched, sirets: Collection[str]) -> None:
    """An agent's establishment must be one of the collectivity's own; raises RefusedError otherwise."""
    if vouched.siret is None or vouched.siret not in sirets:
        raise RefusedError(Refusal.FOREIGN_ORGANISATION)
