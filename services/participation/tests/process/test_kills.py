# SPDX-License-Identifier: EUPL-1.2
"""Service and database are killed while people vote: roll, urn and the receipts that were given always agree."""

import asyncio
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from identity_rolls import SECRET, Identity, failing
from poll_town import approve, sealed_ballot
from running_service import RunningService, running_service

from parvis_kit.migrate import migrate
from parvis_local.ports import free_port
from parvis_local.postgres import EmbeddedPostgres
from parvis_participation.service.board_keys import make_board_key
from parvis_participation.settings import MIGRATIONS, Settings
from parvis_testing import create_databases

VOTERS = 150
SCOPES = "participation.polls.write participation.ballots.write"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A database server of this test's own, which really writes to disk: it will be killed."""
    with tempfile.TemporaryDirectory(prefix="parvis-kill-") as folder:
        # The server may run as another user: it has to reach its folder.
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "data", log=Path(folder) / "log", port=free_port())
        server.start()
        yield server
        server.stop()


async def settings_on(server: EmbeddedPostgres, identity: Identity) -> Settings:
    urls = await create_databases(server.url(), "kills")
    own = {"master_key": b64encode(bytes(32)).decode(), "machine_client_secret": SECRET, "pool_size": 5}
    settings = Settings.model_validate({**urls, **own, "PARVIS_IDENTITY_INTERNAL_URL": identity.url})
    await asyncio.to_thread(migrate, settings, MIGRATIONS)
    return settings


class Voting:
    """Voters who send their ballot again, the very same, until they have an answer."""

    def __init__(self, service: RunningService, poll: dict[str, object]) -> None:
        self.service = service
        self.poll = poll
        self.receipts: dict[str, str] = {}
        self.cast: dict[str, tuple[str, dict[str, str]]] = {}

    async def vote(self, client: httpx.AsyncClient, number: int) -> None:
        await asyncio.sleep(number / 100)
        ballot = sealed_ballot(self.poll, approve("park"))
        subject = str(uuid4())
        self.cast[ballot["commitment"]] = subject, ballot
        await self.send(client, subject, ballot)

    async def send(self, client: httpx.AsyncClient, subject: str, ballot: dict[str, str]) -> None:
        """Until there is a receipt."""
        while True:
            token = self.service.issuer.token(audience="parvis-participation", scope=SCOPES, sub=subject, acr="eidas1")
            try:
                answer = await client.post(
                    f"{self.service.url}/v1/polls/{self.poll['id']}/ballots",
                    json=ballot,
                    headers={"Authorization": f"Bearer {token}"},
                )
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
                continue
            if answer.status_code == 200:
                self.receipts[ballot["commitment"]] = answer.json()["signature"]
                return
            # Out of order while the database is away; a refusal would be a vote lost.
            assert answer.status_code >= 500, answer.text
            await asyncio.sleep(0.2)


async def published(service: RunningService) -> dict[str, object]:
    token = service.issuer.token(audience="parvis-participation", scope=SCOPES, kind="agent", roles=["agent"])
    key, _ = make_board_key(3, 2)
    text = {"fr": "Texte", "en": "Text"}
    opens = datetime.now(UTC) + timedelta(seconds=5)
    body = {
        "title": text,
        "description": text,
        "options": [{"code": code, "label": text} for code in ("park", "bench")],
        "budgets": [{"amount": "1"}],
        "ballot": {"kind": "approval", "least": 1, "most": 1},
        "method": {"rule": "greedy"},
        "board": {"key": key.hex(), "members": 3, "threshold": 2},
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(hours=1)).isoformat(),
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "made"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=60) as client:
        made = (await client.post("/v1/polls", json=body)).json()
        again = {"Idempotency-Key": "published", "If-Match": '"1"'}
        poll: dict[str, object] = (
            await client.post(f"/v1/polls/{made['id']}/transitions", json={"action": "publish"}, headers=again)
        ).json()
    assert poll["state"] == "scheduled", poll
    await asyncio.sleep(max(0.0, (opens - datetime.now(UTC)).total_seconds()))
    return poll


async def test_roll_urn_and_receipts_agree_whatever_is_killed(server: EmbeddedPostgres, identity: Identity) -> None:
    settings = await settings_on(server, identity)
    environment = {"PARVIS_IDENTITY_INTERNAL_URL": identity.url}
    with running_service("participation", settings, **environment) as first:
        voting = Voting(first, await published(first))
        async with httpx.AsyncClient(timeout=15) as client:
            voters = [asyncio.create_task(voting.vote(client, number)) for number in range(VOTERS)]
            await asyncio.sleep(0.8)
            os.kill(first.process.pid, 9)
            await asyncio.to_thread(first.process.wait)
            # Identity is away, too, while the service comes back.
            identity.broken = failing
            with running_service("participation", settings, **environment) as second:
                voting.service = second
                await asyncio.sleep(0.4)
                identity.broken = None
                await asyncio.sleep(0.4)
                await asyncio.to_thread(server.kill)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(server.start)
                await asyncio.gather(*voters)
                receipts = dict(voting.receipts)
                again = list(voting.cast.values())[::10]
                await asyncio.gather(*(voting.send(client, subject, ballot) for subject, ballot in again))
    connection = await asyncpg.connect(server.url("kills"))
    try:
        roll = await connection.fetchval("SELECT count(*) FROM poll_roll")
        urn = [row["commitment"].hex() for row in await connection.fetch("SELECT commitment FROM poll_urn")]
    finally:
        await connection.close()
    assert (roll, len(urn), len(voting.receipts)) == (VOTERS, VOTERS, VOTERS)
    assert sorted(urn) == sorted(voting.receipts)
    # Whoever has a receipt gets the very same one again, and stands on the roll once.
    assert voting.receipts == receipts
