# SPDX-License-Identifier: EUPL-1.2
"""The clients registered for collectivities, and those of Parvis itself."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import ClientRow
from parvis_identity.domain.client import Audience, Client, Consent
from parvis_identity.domain.signing import SigningAlgorithm


async def find_client(session: AsyncSession, client_id: str) -> Client | None:
    """The client, or None where there is none or it was disabled."""
    row = await session.get(ClientRow, client_id)
    return client_of(row) if row and row.disabled_at is None else None


async def find_any(session: AsyncSession, client_id: str) -> Client | None:
    """The client, disabled or not, or None."""
    row = await session.get(ClientRow, client_id)
    return client_of(row) if row else None


async def put_client(session: AsyncSession, client: Client) -> None:
    """Insert it, or bring it up to date."""
    values: dict[str, Any] = {
        "collectivity": client.collectivity,
        "name_fr": client.name_fr,
        "name_en": client.name_en,
        "audience": client.audience.value,
        "secret_hash": client.secret_hash,
        "grant_types": sorted(client.grant_types),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "scopes": sorted(client.scopes),
        "sector": client.sector,
        "consent": client.consent.value,
        "jwks": client.jwks,
        "pushes_requests": client.pushes_requests,
        "binds_tokens": client.binds_tokens,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "exchanges": sorted(client.exchanges),
        "jwks_uri": client.jwks_uri,
        "place_fr": client.place_fr,
        "place_en": client.place_en,
        "franceconnect_scopes": sorted(client.franceconnect_scopes),
        "id_token_algorithm": client.id_token_algorithm.value,
    }
    await session.execute(
        insert(ClientRow)
        .values(client_id=client.client_id, **values)
        .on_conflict_do_update(index_elements=["client_id"], set_=values | {"version": ClientRow.version + 1})
    )


def client_of(row: ClientRow) -> Client:
    """A client as it is kept; the secret before only while it is still taken."""
    until = row.previous_secret_until
    previous = row.previous_secret_hash if until and until > datetime.now(UTC) else None
    return Client(
        client_id=row.client_id,
        collectivity=row.collectivity,
        name_fr=row.name_fr,
        name_en=row.name_en,
        audience=Audience(row.audience),
        secret_hash=row.secret_hash,
        grant_types=frozenset(row.grant_types),
        redirect_uris=tuple(row.redirect_uris),
        post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
        scopes=frozenset(row.scopes),
        sector=row.sector,
        consent=Consent(row.consent),
        jwks=row.jwks,
        pushes_requests=row.pushes_requests,
        binds_tokens=row.binds_tokens,
        backchannel_logout_uri=row.backchannel_logout_uri,
        exchanges=frozenset(row.exchanges),
        jwks_uri=row.jwks_uri,
        place_fr=row.place_fr,
        place_en=row.place_en,
        previous_secret_hash=previous,
        franceconnect_scopes=frozenset(row.franceconnect_scopes),
        id_token_algorithm=SigningAlgorithm(row.id_token_algorithm),
    )
