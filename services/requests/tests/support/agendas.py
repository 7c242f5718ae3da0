# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx
from requests_town import Town

from parvis_requests.domain.calendar import PARIS, Holidays, day_of, is_working_day
from parvis_testing import Caller

OPEN = "09:00"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
AGENDA: dict[str, Any] = {
    "resource": "counter",
    "name": {"fr": "Guichet 1", "en": "Counter 1"},
    "place": {"fr": "Mairie, rez-de-chaussée", "en": "Town hall, ground floor"},
    "hours": [{"day": day, "opens": OPEN, "closes": "12:00"} for day in DAYS],
}
KIND: dict[str, Any] = {
    "code": "passeport",
    "name": {"fr": "Passeport", "en": "Passport"},
    "instructions": {"fr": "Apportez une photo.", "en": "Bring a photo."},
    "duration_minutes": 20,
    "buffer_minutes": 10,
    "horizon_days": 60,
    "change_until_minutes": 60,
}


class Agendas:
    """A short way to do over the API what the tests of appointments do often."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def post(self, caller: Caller, path: str, body: Any, **headers: str) -> httpx.Response:
        sent = caller.headers | {"Idempotency-Key": self.town.key()} | headers
        return await self.town.client.post(path, json=body, headers=sent)

    async def agenda(self, **changes: Any) -> str:
        answer = await self.post(self.town.administrator(), "/v1/agendas", AGENDA | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def kind(self, *agendas: str, **changes: Any) -> dict[str, Any]:
        body = KIND | {"agendas": list(agendas)} | changes
        answer = await self.post(self.town.administrator(), "/v1/appointment-kinds", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def counter(self, **changes: Any) -> str:
        """One agenda with one kind of appointments; returns the agenda's id."""
        agenda = await self.agenda()
        await self.kind(agenda, **changes)
        return agenda

    async def slots(self, code: str = "passeport", **query: Any) -> httpx.Response:
        return await self.town.client.get(f"/v1/collectivities/paris/appointment-kinds/{code}/slots", params=query)

    async def book(self, caller: Caller, starts_at: str, **changes: Any) -> httpx.Response:
        body = {"kind": "passeport", "starts_at": starts_at, **changes}
        headers = {"Idempotency-Key": self.town.key()}
        while True:
            answer = await self.post(caller, "/v1/appointments", body, **headers)
            # Nothing was stored: more wanted a connection at once than a busy machine lends in time.
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                return answer

    async def change(self, caller: Caller, booked: dict[str, Any], act: str, **body: Any) -> httpx.Response:
        tag = f'"{body.pop("version", booked["version"])}"'
        return await self.post(caller, f"/v1/appointments/{booked['id']}/{act}", body, **{"If-Match": tag})

    async def close(self, agenda: str, starts_at: str, ends_at: str, effect: str = "closed") -> httpx.Response:
        body = {"effect": effect, "starts_at": starts_at, "ends_at": ends_at, "reason": "Formation"}
        return await self.post(self.town.administrator(), f"/v1/agendas/{agenda}/exceptions", body)

    async def told(self) -> list[dict[str, Any]]:
        """Type and data of each event about appointments, in the order in which they were written."""
        rows = await self.town.service.runtime.database.pool.fetch(
            "SELECT type, sequence, data::text FROM outbox WHERE type LIKE '%.appointment-%'"
            " ORDER BY occurred_at, sequence"
        )
        return [dict(row) for row in rows]


@cache
def working_day(weeks: int = 2) -> date:
    """A Tuesday, some weeks from now, that is no holiday."""
    day = day_of(datetime.now(UTC)) + timedelta(weeks=weeks)
    day += timedelta(days=(1 - day.weekday()) % 7)
    return day if is_working_day(day, Holidays.FRANCE) else working_day(weeks + 1)


def at(clock: str, day: date | None = None) -> str:
    """That time of the clock in Paris, on the working day where none is named."""
    local = datetime.combine(day or working_day(), time.fromisoformat(clock), PARIS)
    return local.astimezone(UTC).isoformat().replace("+00:00", "Z")
