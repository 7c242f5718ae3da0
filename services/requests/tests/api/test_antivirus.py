# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clamd import NAME, SIGNATURE, SimulatedClamd, running_clamd
from files import pdf
from requests_town import Town, clean, photo

from parvis_files.clamd import Clamd
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.main import SCOPES, internal_app, public_app
from parvis_requests.service.scan_files import scan_files
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import Harness, open_harness

BAD = pdf(SIGNATURE)


@pytest.fixture
async def clamd() -> AsyncIterator[SimulatedClamd]:
    async with running_clamd(SimulatedClamd()) as running:
        yield running


@pytest.fixture
async def guarded(service: Harness, requests_settings: Settings, clamd: SimulatedClamd) -> AsyncIterator[Town]:
    settings = requests_settings.model_copy(update={"clamd": f"127.0.0.1:{clamd.port}"})
    scopes = " ".join(code for code, _ in SCOPES)
    async with open_harness(
        "requests",
        settings,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=scopes,
        beside=service,
    ) as harness:
        yield Town(harness)
        await clean(harness)


async def scanned(town: Town, later: timedelta = timedelta(seconds=5)) -> int:
    runtime = town.service.runtime
    blobs, look = FileBlobs(runtime.settings.attachments_directory), Clamd(runtime.settings.clamd).look
    return await scan_files(runtime.database, runtime.persons, blobs, look, datetime.now(UTC) + later)


async def filed(town: Town, citizen: Any, content: bytes) -> tuple[dict[str, Any], str]:
    uploaded = (await town.upload(citizen, content)).json()
    request = (await town.submit(citizen, attachments=[uploaded["id"]])).json()
    return request, f"/v1/attachments/{uploaded['id']}"


async def test_a_file_is_served_once_the_antivirus_let_it_pass(guarded: Town, clamd: SimulatedClamd) -> None:
    citizen, agent = guarded.service.citizen(), guarded.service.agent()
    _, path = await filed(guarded, citizen, photo((300, 300)))
    for caller, each in ((citizen, path), (agent, path), (agent, f"{path}/thumbnail")):
        early = await guarded.get(caller, each)
        assert (early.status_code, early.json()["code"]) == (409, "file-not-checked-yet")
    assert await scanned(guarded) == 1
    assert len((await guarded.get(agent, path)).content) == clamd.seen[0]
    assert await scanned(guarded) == 0


async def test_an_infected_file_is_served_to_nobody_and_both_sides_are_told(guarded: Town) -> None:
    citizen, agent = guarded.service.citizen(), guarded.service.agent()
    request, path = await filed(guarded, citizen, BAD)
    assert await scanned(guarded) == 1
    for caller in (citizen, agent):
        answer = await guarded.get(caller, path)
        assert (answer.status_code, answer.json()["code"]) == (409, "file-quarantined")
    where = f"/v1/requests/{request['id']}"
    assert (await guarded.get(agent, where)).json()["attachments"][0]["scan"] == "infected"
    history = (await guarded.get(citizen, f"{where}/history")).json()["items"]
    assert [(entry["action"]["code"], entry["by"]) for entry in history] == [
        ("submit", "author"), ("quarantine", "system"), ("reply", "system"),
    ]  # fmt: skip
    for_agent = (await guarded.get(agent, f"{where}/messages")).json()["items"]
    assert [NAME in message["text"] for message in for_agent if message["visibility"] == "internal"] == [True]
    for_citizen = (await guarded.get(citizen, f"{where}/messages")).json()["items"]
    assert len(for_citizen) == 1
    assert NAME not in for_citizen[0]["text"]
    told = await guarded.service.runtime.database.pool.fetch("SELECT type FROM outbox ORDER BY sequence")
    assert [row["type"].split(".")[3] for row in told][-1] == "request-replied"


async def test_a_file_found_bad_before_it_was_joined_joins_nothing(guarded: Town) -> None:
    citizen = guarded.service.citizen()
    uploaded = (await guarded.upload(citizen, BAD)).json()
    assert uploaded["scan"] == "waiting"
    await scanned(guarded)
    answer = await guarded.submit(citizen, attachments=[uploaded["id"]])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "quarantined")


async def test_while_the_antivirus_is_down_files_wait_and_nothing_is_lost(
    service: Harness, requests_settings: Settings, guarded: Town, clamd: SimulatedClamd
) -> None:
    del service, requests_settings
    citizen = guarded.service.citizen()
    _, path = await filed(guarded, citizen, photo())
    runtime = guarded.service.runtime
    blobs = FileBlobs(runtime.settings.attachments_directory)
    nobody = Clamd("127.0.0.1:9").look
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert await scan_files(runtime.database, runtime.persons, blobs, nobody, later) == 0
    assert (await guarded.get(citizen, path)).status_code == 409
    assert await scanned(guarded) == 1
    assert (await guarded.get(citizen, path)).status_code == 200
    assert len(clamd.seen) == 1


async def test_a_file_on_which_the_antivirus_breaks_holds_up_no_other(guarded: Town, clamd: SimulatedClamd) -> None:
    citizen = guarded.service.citizen()
    clamd.breaks_on = b"breaks it"
    _, breaking = await filed(guarded, citizen, pdf(b"breaks it"))
    _, good = await filed(guarded, citizen, pdf(b"harmless"))
    assert await scanned(guarded) == 1
    assert (await guarded.get(citizen, good)).status_code == 200
    assert (await guarded.get(citizen, breaking)).json()["code"] == "file-not-checked-yet"
    clamd.breaks_on, clamd.stream_limit = None, 10
    assert await scanned(guarded, timedelta(minutes=2)) == 0
    clamd.stream_limit = 1_000_000
    assert await scanned(guarded, timedelta(minutes=5)) == 1
    assert (await guarded.get(citizen, breaking)).status_code == 200
