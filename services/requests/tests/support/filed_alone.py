# SPDX-License-Identifier: EUPL-1.2
"""A request of somebody without an account."""

from uuid import uuid4

from requests_town import TOWN_HALL, Town


async def tracking_token(town: Town) -> str:
    """The token by which its author comes back to it."""
    body = {
        "request_type": "cartons",
        "description": "Des cartons devant le numéro 4",
        "answers": {"blocks_pavement": True},
        "position": {"type": "Point", "coordinates": TOWN_HALL},
    }
    key = {"Idempotency-Key": str(uuid4())}
    filed = await town.client.post("/v1/collectivities/paris/requests", json=body, headers=key)
    assert filed.status_code == 201, filed.text
    return str(filed.json()["tracking_token"])
