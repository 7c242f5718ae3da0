# SPDX-License-Identifier: EUPL-1.2
"""People who wait for a slot."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from agendas import Agendas, at

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.offer_slots import lapse_offers
from parvis_testing import Caller


class Waiting(Agendas):
    """What people do with lists and offers."""

    async def join(self, caller: Caller, agenda: str, **changes: Any) -> httpx.Response:
        return await self.post(caller, "/v1/waiting-list", {"kind": "passeport", "agenda_id": agenda, **changes})

    async def joined(self, agenda: str, count: int, **changes: Any) -> list[Caller]:
        people = [self.town.service.citizen() for _ in range(count)]
        for person in people:
            answer = await self.join(person, agenda, **changes)
            assert answer.status_code == 201, answer.text
        return people

    async def places(self, caller: Caller) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.town.get(caller, "/v1/waiting-list")).json()["items"]
        return items

    async def offered(self, caller: Caller) -> dict[str, Any]:
        """The appointment that is offered to somebody on one list."""
        (place,) = await self.places(caller)
        assert place["offer"], place
        answer = await self.town.get(caller, f"/v1/appointments/{place['offer']['appointment_id']}")
        held: dict[str, Any] = answer.json()
        assert (held["state"], held["offer_ends_at"]) == ("offered", place["offer"]["offer_ends_at"])
        return held

    async def freed(self, clock: str = "09:00") -> None:
        """Somebody books a slot and gives it back."""
        somebody = self.town.service.citizen()
        booked = (await self.book(somebody, at(clock))).json()
        gone = await self.change(somebody, booked, "cancellation")
        assert gone.status_code == 201, gone.text

    async def lapse(self, now: str) -> int:
        """A round of a worker, just after that instant as the API shows it, which is to the millisecond."""
        database, after = self.town.service.runtime.database, datetime.fromisoformat(now) + timedelta(milliseconds=1)
        return await lapse_offers(database, Catalogues(database, 10), after)

    async def leave(self, caller: Caller, place: dict[str, Any], version: int = 1) -> int:
        headers = caller.headers | {"If-Match": f'"{version}"'}
        return (await self.town.client.delete(f"/v1/waiting-list/{place['id']}", headers=headers)).status_code

    async def free(self) -> list[str]:
        items = (await self.slots(starts_after=at("00:00"), starts_before=at("23:00"))).json()["items"]
        return [slot["starts_at"] for slot in items]
