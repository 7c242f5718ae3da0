# SPDX-License-Identifier: EUPL-1.2
"""A proof of possession opens one call, however many replicas of the service it comes to at once."""

from two_replicas import answers_to_one_proof

from parvis_notifications.main import public_app
from parvis_testing import Harness, KeyHolder


async def test_of_fifty_calls_with_one_proof_at_two_replicas_one_is_answered(service: Harness) -> None:
    holder = KeyHolder()
    token = service.citizen(cnf={"jkt": holder.thumbprint}).headers["Authorization"].removeprefix("Bearer ")
    assert await answers_to_one_proof(service.runtime, public_app, "/v1/inbox", token, holder) == {200: 1, 401: 49}
