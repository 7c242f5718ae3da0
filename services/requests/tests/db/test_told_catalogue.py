# SPDX-License-Identifier: EUPL-1.2
"""The state of request types and areas: told with each change, once for what was there before, and read as a whole."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from requests_town import Town

from parvis_events import requests
from parvis_events.state import present_state
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import event_of
from parvis_local.topics import create_topics
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.seed_catalogue import CatalogueRows, read_seed, seed_catalogue
from parvis_requests.service.tell_catalogue import tell_again, tell_untold

SEED = """
catalogues:
  - collectivity: {town}
    default_team: accueil
    areas: [{{file: areas.geojson, level: quarter, code: code, name: name}}]
    groups:
      - code: roads
        name: {{fr: Voirie, en: Roads}}
        types: [{types}]
"""
AREA = (
    '{{"type": "Feature", "properties": {{"code": "{code}", "name": "{name}"}}, "geometry": {{"type": "Polygon",'
    ' "coordinates": [[[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.0]]]}}}}'
)


class Bourg:
    """A town of the test's own, whose catalogue comes from a file."""

    def __init__(self, town: Town, folder: Path) -> None:
        self._database = town.service.runtime.database
        self._folder = folder
        self.code = f"bourg-{uuid4().hex[:8]}"
        self._seen = set[Any]()

    def rows(self, *types: str, areas: Mapping[str, str]) -> CatalogueRows:
        named = ", ".join(f"{{code: {code}, name: {{fr: {code}, en: {code}}}}}" for code in types)
        (self._folder / "seed.yaml").write_text(SEED.format(town=self.code, types=named), "utf-8")
        features = ", ".join(AREA.format(code=code, name=name) for code, name in areas.items())
        (self._folder / "areas.geojson").write_text(f'{{"features": [{features}]}}', "utf-8")
        return read_seed(self._folder / "seed.yaml")[0]

    async def seed(self, *types: str, areas: Mapping[str, str]) -> list[Event]:
        async with self._database.unit_of_work() as uow:
            await seed_catalogue(uow.session, self.rows(*types, areas=areas), datetime.now(UTC))
            await uow.commit()
        return await self.told()

    async def told(self) -> list[Event]:
        """What was told since the last look, in the order of the outbox's ids."""
        found = await self._database.pool.fetch("SELECT * FROM outbox WHERE collectivity = $1 ORDER BY id", self.code)
        fresh = [event_of(row) for row in found if row["id"] not in self._seen]
        self._seen |= {event.id for event in fresh}
        return fresh

    async def forget(self) -> None:
        """As it was before states were told."""
        for table in ("request_type", "area"):
            await self._database.pool.execute(f"UPDATE {table} SET told = 0 WHERE collectivity = $1", self.code)

    async def tell_untold(self) -> int:
        async with self._database.unit_of_work() as uow:
            count = await tell_untold(uow.session, datetime.now(UTC))
            await uow.commit()
        return count

    async def tell_again(self, code: str) -> int:
        async with self._database.unit_of_work() as uow:
            count = await tell_again(uow.session, code, datetime.now(UTC))
            await uow.commit()
        return count


@pytest.fixture
def bourg(town: Town, tmp_path: Path) -> Bourg:
    return Bourg(town, tmp_path)


def short(events: list[Event]) -> set[tuple[str, str, int]]:
    return {
        (
            event.type.split(".")[3],
            event.data.get("request_type") or event.data["area"],
            event.sequence,
        )
        for event in events
    }


async def test_a_seed_tells_what_is_new_what_has_changed_and_what_is_gone(bourg: Bourg) -> None:
    first = await bourg.seed("pothole", "lamp", areas={"north": "Nord", "south": "Sud"})
    assert short(first) == {
        ("request-type-published", "lamp", 1),
        ("request-type-published", "pothole", 1),
        ("area-changed", "north", 1),
        ("area-changed", "south", 1),
    }
    assert await bourg.seed("pothole", "lamp", areas={"north": "Nord", "south": "Sud"}) == []
    later = await bourg.seed("pothole", areas={"north": "Nord", "south": "Le Sud"})
    assert short(later) == {("request-type-retired", "lamp", 2), ("area-changed", "south", 2)}


async def test_an_administrator_who_offers_and_retires_a_type_tells_it_with_the_act(town: Town) -> None:
    code = f"type-{uuid4().hex[:8]}"
    offered = await town.publish(code)
    pool = town.service.runtime.database.pool
    wanted = "SELECT * FROM outbox WHERE data ->> 'request_type' = $1 ORDER BY sequence"
    (told,) = [event_of(row) for row in await pool.fetch(wanted, code)]
    assert (told.type, told.data["version"]) == ("fr.parvis.requests.request-type-published.v1", offered["version"])
    assert told.topic == requests.RequestTypePublished.TOPIC
    await town.retire(code, offered["version"])
    last = [event_of(row) for row in await pool.fetch(wanted, code)][-1]
    assert (last.type, last.key, last.sequence) == ("fr.parvis.requests.request-type-retired.v1", told.key, 2)


async def test_what_was_there_before_is_told_once_and_again_when_an_operator_says_so(bourg: Bourg) -> None:
    await bourg.seed("pothole", "lamp", areas={"north": "Nord"})
    await bourg.seed("pothole", areas={"north": "Nord"})
    await bourg.forget()
    await bourg.tell_untold()
    state = {
        ("request-type-retired", "lamp"),
        ("request-type-published", "pothole"),
        ("area-changed", "north"),
    }
    assert {each[:2] for each in short(await bourg.told())} == state
    await bourg.tell_untold()
    assert await bourg.told() == []
    assert await bourg.tell_again(bourg.code) == 3
    assert {each[:2] for each in short(await bourg.told())} == state
    with pytest.raises(NotFoundError):
        await bourg.tell_again("nowhere")


@pytest.mark.kafka
async def test_a_new_subscriber_reads_the_whole_present_state_from_the_topic(bourg: Bourg, bootstrap: str) -> None:
    topic = f"parvis.test.{bourg.code}.v1"
    model = type("Told", (requests.RequestTypePublished,), {"TOPIC": topic})
    compacted = os.environ.get("KAFKA") == "apache"
    if compacted:
        soon = {"segment.ms": "200", "min.cleanable.dirty.ratio": "0.01", "max.compaction.lag.ms": "500"}
        create_topics(bootstrap, [topic], partitions=1, config={"cleanup.policy": "compact", **soon})
    first = await bourg.seed("pothole", "lamp", areas={"north": "Nord"})
    later = await bourg.seed("pothole", areas={"north": "Le Nord"})
    gone = str(uuid4())
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for each in first[:1]:
            await producer.send_and_wait(topic, each.value(), key=gone.encode(), headers=each.headers())
        for each in [*first, *later]:
            await producer.send_and_wait(topic, each.value(), key=str(each.key).encode(), headers=each.headers())
        await producer.send_and_wait(topic, None, key=gone.encode())
        deadline = time.monotonic() + 60
        while compacted and await records(bootstrap, topic) > len(first) + len(later):
            assert time.monotonic() < deadline, "it is not compacted"
            # What is no event closes the segment before it: the newest is never looked at.
            await producer.send_and_wait(topic, b"-", key=b"newest")
    state = await present_state(bootstrap, model)
    last = {str(each.key): each for each in [*first, *later]}
    assert {subject: (each.type, each.sequence) for subject, each in state.items()} == {
        subject: (each.type, each.sequence) for subject, each in last.items()
    }
    retired = [each.data for each in state.values() if isinstance(each.data, requests.RequestTypeRetired)]
    assert [(each.request_type, each.request_group, each.version) for each in retired] == [("lamp", "roads", 1)]


async def records(bootstrap: str, topic: str) -> int:
    """How many are left of those that say something."""
    count = 0
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as reader:
        ends = await reader.end_offsets(reader.assignment())
        while any([await reader.position(place) < end for place, end in ends.items()]):
            batches = await reader.getmany(timeout_ms=200)
            count += sum(record.key != b"newest" for each in batches.values() for record in each)
    return count
