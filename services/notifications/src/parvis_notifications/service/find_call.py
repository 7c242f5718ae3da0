# SPDX-License-Identifier: EUPL-1.2
"""Look for a call of which nobody knows whether its provider has it (docs/decisions/0072)."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from parvis_notifications.outgoing.voice import CallUnreachableError
from parvis_notifications.service.voice_routes import VoiceRoutes


class KnownCalls(Protocol):
    """Who knows the calls of the deployment."""

    async def known(self, provider: str, references: Collection[str]) -> set[str]:
        """Those of the provider's calls that are ones of ours."""


async def find_call(routes: VoiceRoutes, calls: KnownCalls, provider: str, to: str, since: datetime) -> str | None:
    """The provider's name of the first call to that number since then that is none that we know.

    Raises CallUnreachableError.
    """
    route = routes.named(provider)
    if route is None:  # the deployment has that provider no more, or not yet again
        raise CallUnreachableError("provider-gone")
    reports = await route.provider.find(to, since)
    known = await calls.known(provider, [each.reference for each in reports])
    return next((each.reference for each in reversed(reports) if each.reference not in known), None)
