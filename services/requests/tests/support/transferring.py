# SPDX-License-Identifier: EUPL-1.2
"""Types whose requests can be transferred, the transfer, and the worker that carries it out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from requests_town import Town
from workflows import state, transition

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.carry_out_transfers import Transfers, carry_out_transfers
from parvis_requests.service.catalogue import Catalogues
from parvis_testing import Caller

WHY = "Cette rue est de Lutèce."
SENT_ON: dict[str, Any] = {
    "initial": "filed",
    "states": [state("filed"), state("taken"), state("sent-on", final=True), state("done", final=True)],
    "transitions": [
        transition("take", ["filed"], "taken", "agent"),
        transition("send-on", ["filed", "taken"], "sent-on", "agent"),
        transition("end", ["filed", "taken"], "done", "agent", "system"),
    ],
}


async def publish(town: Town, collectivity: str, code: str, **changes: Any) -> None:
    administrator = town.administrator(collectivity)
    draft = (await town.draft(administrator, code, workflow=SENT_ON, **changes)).json()
    offered = await town.offer(administrator, draft["id"])
    assert offered.status_code == 201, offered.text


async def transfer(
    town: Town, request: dict[str, Any], *, version: int | None = None, agent: Caller | None = None, **body: Any
) -> httpx.Response:
    agent = agent or town.service.agent()
    if version is None:
        version = (await town.get(agent, f"/v1/requests/{request['id']}")).json()["version"]
    headers = agent.headers | {"If-Match": f'"{version}"', "Idempotency-Key": town.key()}
    said = {"action": "send-on", "reason": WHY, **body}
    return await town.client.post(f"/v1/requests/{request['id']}/transfer", json=said, headers=headers)


async def carry_out(town: Town, later: timedelta = timedelta(hours=2)) -> int:
    runtime = town.service.runtime
    blobs, catalogues = FileBlobs(runtime.settings.attachments_directory), Catalogues(runtime.database, 10)
    parts = Transfers(runtime.database, catalogues, runtime.persons, blobs, runtime.blind_index)
    return await carry_out_transfers(parts, datetime.now(UTC) + later)
