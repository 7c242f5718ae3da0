# SPDX-License-Identifier: EUPL-1.2
"""What a test key sends ends here, in place of a provider: nothing leaves, and nothing is paid for."""

from uuid import UUID

from parvis_notifications.db.deliveries import ClaimedDelivery, Deliveries, attempt_at
from parvis_notifications.domain.delivery import Fault
from parvis_notifications.domain.sending import is_refused_in_tests


async def simulate(
    deliveries: Deliveries, delivery: ClaimedDelivery, to: str, claim: UUID, *, segments: int | None = None
) -> None:
    """Answer as a provider would; a few addresses show how a permanent failure looks."""
    attempt = attempt_at(delivery, claim)
    if is_refused_in_tests(to):
        await deliveries.fail(attempt, "550 5.1.1 simulated", Fault.PERMANENT)
    else:
        await deliveries.simulated(attempt, segments=segments)
