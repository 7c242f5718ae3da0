# SPDX-License-Identifier: EUPL-1.2
"""What is about a request is for the agents who read it: requests knows who they are (decision 0109)."""

from uuid import UUID

from parvis_kit.security.principal import Principal
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.outgoing.owners import Owners


async def must_read(owners: Owners, agent: Principal, request_id: UUID) -> None:
    """Raises NotFoundError where the agent does not read that request, and UnreachableError where nobody says."""
    if not await owners.reads(agent, request_id):
        raise NotFoundError
