# SPDX-License-Identifier: EUPL-1.2
"""An agent files and books for who calls and has no account in one call, of which all is done or nothing."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from agendas import Agendas, at
from requests_town import Town

from parvis_testing import Caller

CONTACT = {"last_name": "Zyzomys", "phone": "01 40 00 00 00", "email": "rose@example.org"}
TABLES = ("request", "reporter", "appointment", "history_entry", "outbox", "idempotency_record")


class Desk(Agendas):
    """Where the telephone rings."""

    def __init__(self, town: Town, code: str) -> None:
        super().__init__(town)
        self.code = code

    async def call(self, agent: Caller, time: str = "09:00", key: str | None = None, **changes: Any) -> httpx.Response:
        asked = changes.pop("appointment", {})
        appointment = None if asked is None else {"kind": "passeport", "starts_at": at(time)} | asked
        body: dict[str, Any] = {"request_type": self.code, "description": "Un passeport", "answers": {"colour": "red"}}
        body |= {"channel": "phone", "contact": CONTACT, "appointment": appointment} | changes
        return await self.post(agent, "/v1/requests-on-behalf", body, **({"Idempotency-Key": key} if key else {}))

    async def kept(self) -> list[int]:
        return [await self.town.count(table) for table in TABLES]


@pytest.fixture
async def desk(town: Town) -> Desk:
    code = f"called-{uuid4().hex[:8]}"
    await town.publish(code, channels=["phone"])
    made = Desk(town, code)
    await made.counter()
    return made


async def test_an_agent_files_and_books_in_one_call_and_both_are_told(desk: Desk, town: Town) -> None:
    agent, key = town.service.agent(), town.key()
    answers = [await desk.call(agent, key=key) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].text
    first, again = answers
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    filed = first.json()
    assert (filed["receipt"], filed["appointment"]["starts_at"]) == ("email", at("09:00"))
    assert first.headers["location"] == f"/v1/requests/{filed['id']}"
    read = await town.get(agent, f"/v1/requests/{filed['id']}")
    assert read.headers["etag"] == first.headers["etag"]
    apart = {name: filed[name] for name in ("receipt", "appointment", "names_known")}
    assert filed == read.json() | apart
    (listed,) = (await town.get(agent, f"/v1/appointments?request_id={filed['id']}")).json()["items"]
    assert listed == filed["appointment"]
    contact = (await town.get(agent, f"/v1/requests/{filed['id']}/contact")).json()
    assert {name: contact[name] for name in CONTACT} == CONTACT
    types = await town.service.runtime.database.pool.fetch("SELECT type FROM outbox ORDER BY type")
    told = [row["type"].split(".")[-2] for row in types]
    assert [told.count(name) for name in ("appointment-booked", "request-submitted")] == [1, 1]


async def test_where_somebody_was_faster_nothing_is_filed_and_what_is_free_is_said(desk: Desk, town: Town) -> None:
    agent, key = town.service.agent(), town.key()
    assert (await desk.book(town.service.citizen(), at("09:00"))).status_code == 201
    before = await desk.kept()
    keys = town.service.runtime.persons._pool  # noqa: SLF001 - the key store itself
    known = [row["person"] for row in await keys.fetch("SELECT person FROM person_key")]
    refused = await desk.call(agent, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-taken")
    assert refused.json()["free_slots"][0]["starts_at"] == at("09:30")
    assert refused.json()["errors"][0]["pointer"] == "/appointment/starts_at"
    assert await desk.kept() == before
    (gone,) = await keys.fetch("SELECT wrapped FROM person_key WHERE person <> ALL($1)", known)
    assert gone["wrapped"] is None
    # The same key with another time is not the same call, and nothing was answered for good.
    assert (await desk.call(agent, "09:30", key=key)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"appointment": {"kind": "inconnu"}}, 422, "unknown-appointment-kind", "/appointment/kind"),
        ({"appointment": {"starts_at": at("13:00")}}, 422, "not-a-slot", "/appointment/starts_at"),
        ({"appointment": {"agenda_id": str(uuid4())}}, 404, "unknown-agenda", None),
        ({"appointment": {"kind": "??"}}, 422, "validation-failed", "/appointment/kind"),
        ({"answers": {"colour": "mauve"}}, 422, "invalid-answers", "/answers/colour"),
        ({"channel": "online"}, 422, "channel-not-offered", "/channel"),
    ],
)
async def test_what_cannot_be_leaves_nothing_of_either(
    desk: Desk, town: Town, changes: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    before = await desk.kept()
    refused = await desk.call(town.service.agent(), **changes)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert [each["pointer"] for each in refused.json().get("errors", [])] == ([pointer] if pointer else [])
    assert await desk.kept() == before


async def test_of_those_who_want_one_time_at_once_one_has_it_and_one_is_filed(desk: Desk, town: Town) -> None:
    agents = [town.service.agent() for _ in range(4)]
    answers = await asyncio.gather(*(desk.call(agent) for agent in agents))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert [await town.count(table) for table in ("request", "reporter", "appointment")] == [1, 1, 1]


async def test_it_takes_the_right_to_file_and_the_right_to_book(desk: Desk, town: Town) -> None:
    lacking = town.service.agent(scope="requests.requests.write requests.requests.read")
    refused = await desk.call(lacking)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")
    challenge = 'Bearer error="insufficient_scope", scope="requests.appointments.write"'
    assert refused.headers["WWW-Authenticate"] == challenge
    assert (await desk.call(lacking, appointment=None)).status_code == 201
    assert (await desk.call(town.service.citizen())).status_code == 403
    # Of another town it knows neither the type nor the counter.
    assert (await desk.call(town.service.agent("lutece"))).json()["code"] == "unknown-request-type"
    assert await town.count("appointment") == 0
