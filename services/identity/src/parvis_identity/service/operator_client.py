# SPDX-License-Identifier: EUPL-1.2
"""The client that the operators' command ``parvis`` has at this service: of no collectivity, and good for founding."""

import secrets
from datetime import datetime
from typing import Final

from parvis_identity.db import audit, clients
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import EVERYWHERE, Audience, Client, Consent, GrantType, secret_hash
from parvis_kit.db.database import Database

CLIENT_ID: Final = "parvis-operator"
SCOPE: Final = "identity.operations.write"


async def make_operator(database: Database, now: datetime, *, renew: bool) -> str | None:
    """The secret of the client, which nobody can read again; None where it has one already and is not to be renewed."""
    secret = secrets.token_urlsafe(32)
    async with database.unit_of_work() as uow:
        if not renew and await clients.find_any(uow.session, CLIENT_ID) is not None:
            return None
        await clients.put_client(
            uow.session,
            Client(
                client_id=CLIENT_ID,
                collectivity=None,
                name_fr="Exploitation de Parvis",
                name_en="Parvis operations",
                audience=Audience.SYSTEM,
                secret_hash=secret_hash(secret),
                grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
                redirect_uris=(),
                post_logout_redirect_uris=(),
                scopes=frozenset({SCOPE}),
                sector=CLIENT_ID,
                consent=Consent.IMPLIED,
            ),
        )
        who, on = Actor("operator", "operator"), Thing("client", CLIENT_ID)
        await audit.record(uow.session, Act(Action.CLIENT_PUT, who, on, now, EVERYWHERE, {"scopes": [SCOPE]}))
        await uow.commit()
    return secret
