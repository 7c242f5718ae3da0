# SPDX-License-Identifier: EUPL-1.2
"""Something was told of a text message that a provider has."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOOK: Final = text(
    "UPDATE delivery SET ask_at = now() WHERE provider = :provider AND provider_reference = :reference"
    " AND channel = 'sms' AND state = 'sent' AND ask_at > now()"
)


async def look(session: AsyncSession, provider: str, reference: str) -> None:
    """The provider is asked about it at once, as far as nothing final is known."""
    await session.execute(_LOOK, {"provider": provider, "reference": reference})
