# SPDX-License-Identifier: EUPL-1.2
"""Who is calling, as their access token says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class PrincipalKind(StrEnum):
    """The four sorts of callers."""

    CITIZEN = "citizen"
    AGENT = "agent"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller with its rights; every query is scoped by ``collectivity``. ``bound_to`` names their key (RFC 9449).

    ``actor``, of ``actor_kind``, acts for the subject (RFC 8693 section 4.1); the token ends with all it ``rests_on``.
    """

    kind: PrincipalKind
    subject: str
    collectivity: str
    client_id: str
    scopes: frozenset[str]
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    acr: str | None = None
    signed_in: int = 0  # when the person did, in seconds since 1970 (auth_time)
    session: str | None = None
    grant: str | None = None  # what was allowed one client at one sign-in
    expires: int = 0  # end of the access token, in seconds since 1970
    bound_to: str | None = None
    actor: UUID | None = None
    actor_kind: PrincipalKind | None = None
    rests_on: tuple[str, ...] = ()

    @property
    def person(self) -> UUID:
        """The internal id of the person; raises ValueError for systems and anonymous callers."""
        return UUID(self.subject)

    @property
    def is_citizen(self) -> bool:
        """True for a member of the public who signed in."""
        return self.kind is PrincipalKind.CITIZEN

    @property
    def is_agent(self) -> bool:
        """True for staff of the collectivity."""
        return self.kind is PrincipalKind.AGENT

    @property
    def key(self) -> str:
        """What tells this caller from any other: the scope of an idempotency key."""
        return f"{self.collectivity}/{self.kind}/{self.client_id}/{self.subject}/{self.actor or ''}"

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "Principal":
        """The principal of verified claims (RFC 9068 with Parvis's own); KeyError or ValueError when some lack."""
        act = claims.get("act")
        while act and "kind" not in act:  # services that hand a call on stand before the person
            act = act.get("act")
        return cls(
            kind=PrincipalKind(claims["kind"]),
            subject=str(claims["sub"]),
            collectivity=str(claims["collectivity"]),
            client_id=str(claims["client_id"]),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            teams=tuple(claims.get("teams", ())),
            roles=tuple(claims.get("roles", ())),
            acr=claims.get("acr"),
            signed_in=int(claims.get("auth_time", 0)),
            session=claims.get("sid"),
            grant=claims.get("grant_id"),
            expires=int(claims["exp"]),
            bound_to=claims["cnf"]["jkt"] if "cnf" in claims else None,
            actor=UUID(act["sub"]) if act else None,
            actor_kind=PrincipalKind(act["kind"]) if act else None,
            rests_on=tuple(claims.get("rests_on", ())),
        )
