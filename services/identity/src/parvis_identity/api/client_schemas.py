# SPDX-License-Identifier: EUPL-1.2
"""Clients as their managers see and describe them."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from parvis_identity.db.managed_clients import Managed
from parvis_identity.domain.client import Audience, Client, Consent, GrantType
from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.providers.profiles import CivilStatus
from parvis_identity.service.manage_clients import OF_OUR_OWN, TO_COME
from parvis_identity.service.seed import ClientEntry
from parvis_kit.locale import Text
from parvis_kit.problems import VALIDATION, FieldError
from parvis_kit.web.errors import field_error
from parvis_kit.web.types import PlainText

ClientId = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{1,63}$", description="Identifier of a client.")]
Uri = Annotated[str, Field(min_length=1, max_length=1_000)]
Uris = Annotated[list[Uri], Field(max_length=20)]
Scopes = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)]


class ClientName(BaseModel):
    """What people read on the consent page."""

    model_config = ConfigDict(extra="forbid")

    fr: Annotated[PlainText, Field(min_length=1, max_length=100)]
    en: Annotated[PlainText, Field(min_length=1, max_length=100)]


class ClientDescription(BaseModel):
    """A client, without what is ours to say: its identifier and its secret."""

    model_config = ConfigDict(extra="forbid")

    name: ClientName
    audience: Audience = Field(description="Whom it serves; a `system` serves nobody but itself.")
    confidential: bool = Field(description="It can keep a secret, or sign with keys of its own.")
    jwks: dict[str, Any] | None = Field(
        default=None, description="Public keys that it signs with, in place of a secret."
    )
    jwks_uri: Uri | None = Field(default=None, description="Where these keys are, in place of the keys themselves.")
    place: ClientName | None = Field(default=None, description="Where a device stands; people read it (RFC 8628).")
    grant_types: Annotated[list[GrantType], Field(min_length=1, max_length=6)]
    redirect_uris: Uris = Field(
        default=[], description="https, http on a loopback address, or a private-use scheme; compared as they are."
    )
    post_logout_redirect_uris: Uris = []
    scopes: Scopes
    franceconnect_scopes: Annotated[list[CivilStatus], Field(max_length=11)] = Field(
        default=[],
        description="What FranceConnect is asked of a citizen at the sign-ins of this application, beside what its "
        "requests name: no more than its procedure needs. `identite_pivot` finds the account of who came another way.",
    )
    id_token_algorithm: SigningAlgorithm = Field(
        default=SigningAlgorithm.RS256,
        description="By which its id_tokens and logout tokens are signed; every OpenID Connect library takes `RS256`.",
    )
    consent: Consent = Field(default=Consent.ASK, description="`implied` only for staff.")
    pushes_requests: bool = False
    binds_tokens: bool = False
    backchannel_logout_uri: Uri | None = None

    def client(self, client_id: str, collectivity: str) -> Client:
        """The client; raises the ``validation-failed`` problem for what may not be registered."""
        return checked_client(
            self.model_dump(mode="json", exclude={"confidential"}), client_id, collectivity, self.confidential
        )


class ClientView(ClientDescription):
    """A client of the collectivity."""

    client_id: str
    disabled: bool
    overlap_until_at: AwareDatetime | None = Field(description="So long its secret before is taken as well.")
    version: int
    created_at: AwareDatetime


class ClientWithSecretView(ClientView):
    """A client with its secret, which is shown this once."""

    client_secret: str | None = Field(description="Null for a client that has none.")


class ClientListView(BaseModel):
    """All clients of the collectivity, the newest first; at most two hundred."""

    items: list[ClientView]


def checked_client(members: dict[str, Any], client_id: str, collectivity: str, confidential: bool) -> Client:
    """A client of these members; raises the ``validation-failed`` problem for what may not be registered."""
    reserved = OF_OUR_OWN & set(members["scopes"])
    if reserved:
        text = Text(fr="Réservé aux services de Parvis.", en="For Parvis's own services.")
        raise VALIDATION.problem(errors=[FieldError("/scopes", "reserved-scope", text)])
    if members["consent"] == Consent.IMPLIED and members["audience"] == Audience.CITIZEN:
        text = Text(fr="On demande toujours aux citoyens.", en="Citizens are always asked.")
        raise VALIDATION.problem(errors=[FieldError("/consent", "consent-implied", text)])
    said = {"type": "confidential" if confidential else "public", "client_id": client_id, "collectivity": collectivity}
    if confidential and members.get("jwks") is None and members.get("jwks_uri") is None:
        said["secret"] = TO_COME
    try:
        return ClientEntry.model_validate(members | said).client()
    except ValidationError as error:
        raise VALIDATION.problem(
            "Corrigez les champs signalés.",
            "Correct the members named in errors.",
            errors=[field_error(one) for one in error.errors(include_input=False)[:50]],
        ) from error


def client_view(managed: Managed) -> ClientView:
    """A client as it is shown."""
    return ClientView.model_validate(_members(managed))


def with_secret(managed: Managed, secret: str | None) -> ClientWithSecretView:
    """The same, with the secret that it has just got."""
    return ClientWithSecretView.model_validate(_members(managed) | {"client_secret": secret})


def _members(managed: Managed) -> dict[str, Any]:
    client = managed.client
    return {
        "client_id": client.client_id,
        "name": {"fr": client.name_fr, "en": client.name_en},
        "audience": client.audience,
        "confidential": not client.is_public,
        "jwks": client.jwks,
        "jwks_uri": client.jwks_uri,
        "place": {"fr": client.place_fr, "en": client.place_en or client.place_fr} if client.place_fr else None,
        "grant_types": sorted(client.grant_types),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "scopes": sorted(client.scopes),
        "franceconnect_scopes": sorted(client.franceconnect_scopes),
        "id_token_algorithm": client.id_token_algorithm,
        "consent": client.consent,
        "pushes_requests": client.pushes_requests,
        "binds_tokens": client.binds_tokens,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "disabled": managed.disabled_at is not None,
        "overlap_until_at": managed.overlap_until,
        "version": managed.version,
        "created_at": managed.created_at,
    }
