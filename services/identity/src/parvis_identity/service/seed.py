# SPDX-License-Identifier: EUPL-1.2
"""Collectivities, clients and invitations from a file; applying it again changes what changed and nothing else."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from parvis_identity.db import audit, clients, collectivities, memberships
from parvis_identity.db.people import People
from parvis_identity.domain.agent import Duties
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import (
    EVERYWHERE,
    MIN_SECRET_LENGTH,
    Audience,
    Client,
    Consent,
    GrantType,
    secret_hash,
)
from parvis_identity.domain.collectivity import Collectivity
from parvis_identity.domain.redirect_uri import registration_error
from parvis_identity.domain.resources import KNOWN
from parvis_identity.domain.roles import Role
from parvis_identity.domain.scopes import CATALOGUE
from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.providers.profiles import CivilStatus
from parvis_identity.service.client_keys import registration_error as registration_error_of_keys
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database
from parvis_kit.locale import Text

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,63}$")]
Siret = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
# With the last, people act for others.
_RENEWALS: Final = {GrantType.REFRESH_TOKEN, GrantType.TOKEN_EXCHANGE}
_BEGINNINGS: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE})
_VARIABLE: Final = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


class _Entry(BaseModel):
    # A wrong file may hold a secret in the wrong place: what is said about it never repeats it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CollectivityEntry(_Entry):
    """A local authority and the SIRETs of the establishments whose staff may be its agents."""

    slug: Slug
    name: Text
    sirets: tuple[Siret, ...] = ()


class ClientEntry(_Entry):
    """An OAuth client; ``type`` says whether it can keep a secret, or sign with keys whose public parts are ``jwks``.

    Without collectivity: a service of Parvis's own.
    """

    client_id: ClientId
    collectivity: Slug | None = None
    name: Text
    audience: Audience
    type: Literal["public", "confidential"]
    secret: str | None = None
    jwks: dict[str, Any] | None = None
    jwks_uri: str | None = None
    pushes_requests: bool = False
    binds_tokens: bool = False
    backchannel_logout_uri: str | None = None
    exchanges: tuple[str, ...] = ()
    place: Text | None = None
    grant_types: tuple[GrantType, ...]
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...]
    franceconnect_scopes: tuple[CivilStatus, ...] = ()
    id_token_algorithm: SigningAlgorithm = SigningAlgorithm.RS256
    sector: str | None = None
    consent: Consent = Consent.ASK

    @model_validator(mode="after")
    def _check(self) -> Self:
        proofs = sum(proof is not None for proof in (self.secret, self.jwks, self.jwks_uri))
        if proofs != (self.type == "confidential"):
            raise ValueError("a confidential client has one of secret, jwks and jwks_uri, a public one has none")
        wrong_keys = registration_error_of_keys(self.jwks) if self.jwks is not None else None
        if wrong_keys:
            raise ValueError(f"jwks: {wrong_keys}")
        if self.secret is not None and len(self.secret) < MIN_SECRET_LENGTH:
            raise ValueError(f"a secret has at least {MIN_SECRET_LENGTH} characters, random ones")
        unknown = set(self.scopes) - CATALOGUE.keys()
        if unknown or not (self.scopes or self.audience is Audience.SYSTEM):
            raise ValueError(f"scopes must be known, and at least one for people; unknown: {sorted(unknown)}")
        for uri in (*self.redirect_uris, *self.post_logout_redirect_uris):
            problem = registration_error(uri)
            if problem:
                raise ValueError(f"redirect URI {uri!r}: {problem}")
        for name, called in (("backchannel_logout_uri", self.backchannel_logout_uri), ("jwks_uri", self.jwks_uri)):
            problem = registration_error(called) if called is not None else None
            if problem or not (called is None or called.startswith(("https://", "http://"))):
                raise ValueError(f"{name} {called!r}: {problem or 'must be a web address'}")
        if self.franceconnect_scopes and self.audience is not Audience.CITIZEN:
            raise ValueError("franceconnect_scopes are asked of citizens")
        self._check_grants()
        return self

    def _check_grants(self) -> None:
        granted = set(self.grant_types)
        if not KNOWN.keys() >= set(self.exchanges) or (self.exchanges and self.audience is not Audience.SYSTEM):
            raise ValueError(f"exchanges are a system's, and some of {sorted(KNOWN)}")
        if self.audience is Audience.SYSTEM:
            if self.type == "public" or granted - {GrantType.TOKEN_EXCHANGE} != {GrantType.CLIENT_CREDENTIALS}:
                raise ValueError("a system is a confidential client with client_credentials, and perhaps exchanges")
            if (GrantType.TOKEN_EXCHANGE in granted) != bool(self.exchanges):
                raise ValueError("a system's exchanges go with the grant type of that name")
        elif not granted & _BEGINNINGS or granted - _BEGINNINGS - _RENEWALS:
            raise ValueError(
                "a client for people uses authorization_code or device_code, and refresh_token if it wants"
            )
        elif self.collectivity is None or (GrantType.AUTHORIZATION_CODE in granted) != bool(self.redirect_uris):
            raise ValueError("a client for people has a collectivity, and redirect URIs with authorization_code")
        if (GrantType.DEVICE_CODE in granted) != (self.place is not None):
            raise ValueError("a device has a place, which people are shown, and nothing else has")

    def client(self) -> Client:
        """The client as it is kept: with the hash of its secret."""
        return Client(
            client_id=self.client_id,
            collectivity=self.collectivity,
            name_fr=self.name.fr,
            name_en=self.name.en,
            audience=self.audience,
            secret_hash=secret_hash(self.secret) if self.secret is not None else None,
            grant_types=frozenset(self.grant_types),
            redirect_uris=self.redirect_uris,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
            scopes=frozenset(self.scopes),
            sector=self.sector or self.client_id,
            consent=self.consent,
            jwks=self.jwks,
            jwks_uri=self.jwks_uri,
            pushes_requests=self.pushes_requests,
            binds_tokens=self.binds_tokens,
            backchannel_logout_uri=self.backchannel_logout_uri,
            exchanges=frozenset(self.exchanges),
            place_fr=self.place.fr if self.place else None,
            place_en=self.place.en if self.place else None,
            franceconnect_scopes=frozenset(self.franceconnect_scopes),
            id_token_algorithm=self.id_token_algorithm,
        )


class MembershipEntry(_Entry):
    """An agent, invited by the professional e-mail address that ProConnect will vouch for."""

    collectivity: Slug
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    teams: tuple[Code, ...] = ()
    roles: tuple[Role, ...] = (Role.AGENT,)
    territories: tuple[Code, ...] = ()

    @property
    def duties(self) -> Duties:
        """What the agent is here for."""
        return Duties(roles=self.roles, teams=self.teams, territories=self.territories)


class Seed(_Entry):
    """The whole file."""

    collectivities: tuple[CollectivityEntry, ...] = ()
    clients: tuple[ClientEntry, ...] = ()
    memberships: tuple[MembershipEntry, ...] = Field(default=())


def read(path: Path) -> Seed:
    """The file, YAML or JSON, with each ``${VARIABLE}`` replaced from the environment.

    Raises ValueError (pydantic's ValidationError among them) for a file that is wrong, before anything is changed.
    """
    return Seed.model_validate(_resolved(yaml.safe_load(path.read_text("utf-8"))))


async def apply(seed: Seed, database: Database, index: BlindIndex) -> None:
    """Put everything in place, in one transaction."""
    now, operator = datetime.now(UTC), Actor("operator", "seed")
    async with database.unit_of_work() as uow:
        for entry in seed.collectivities:
            await collectivities.put(
                uow.session, Collectivity(entry.slug, entry.name.fr, entry.name.en, frozenset(entry.sirets))
            )
            on = Thing("collectivity", entry.slug)
            await audit.record(uow.session, Act(Action.COLLECTIVITY_PUT, operator, on, now, entry.slug))
        for client in seed.clients:
            await clients.put_client(uow.session, client.client())
            on, whose = Thing("client", client.client_id), client.collectivity or EVERYWHERE
            what = {"scopes": client.scopes}
            await audit.record(uow.session, Act(Action.CLIENT_PUT, operator, on, now, whose, what))
        people = People(uow.session, index)
        for member in seed.memberships:
            invited = await memberships.put_invitation(
                uow.session, member.collectivity, people.email_index(member.email), member.duties
            )
            on, what = Thing("agent", str(invited)), {"roles": member.roles, "teams": member.teams}
            await audit.record(uow.session, Act(Action.AGENT_INVITED, operator, on, now, member.collectivity, what))
        await uow.commit()


def _resolved(value: Any) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(_from_environment, value)
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    if isinstance(value, dict):
        return {name: _resolved(item) for name, item in value.items()}
    return value


def _from_environment(match: re.Match[str]) -> str:
    value = os.environ.get(match[1])
    if not value:
        raise ValueError(f"the environment variable {match[1]} is not set")
    return value
