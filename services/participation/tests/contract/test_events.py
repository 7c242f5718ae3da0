# SPDX-License-Identifier: EUPL-1.2
"""What the service really emits fits the published schemas."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jsonschema import Draft202012Validator
from participation_town import Town
from poll_town import PollTown

from parvis_participation.service.tell_times import tell_times

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


async def test_each_emitted_event_fits_its_schema(town: Town, polling: PollTown) -> None:
    consultation = await town.opened()
    await town.answer(town.service.citizen(), consultation)
    poll = await polling.open()
    polling.when("after")
    await polling.count(poll)
    database = town.service.runtime.database
    await tell_times(database, datetime.now(UTC) + timedelta(days=2))
    rows = await database.pool.fetch("SELECT type, data FROM outbox")
    emitted = {row["type"]: json.loads(row["data"]) for row in rows}
    assert set(emitted) == {f"{p.parent.name}.v1" for p in EVENTS.glob("fr.parvis.participation.*/v1.json")}
    for type_, data in emitted.items():
        schema = json.loads((EVENTS / type_.removesuffix(".v1") / "v1.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == [], type_
        assert set(data) == set(schema["properties"]), "nothing undeclared is emitted"
