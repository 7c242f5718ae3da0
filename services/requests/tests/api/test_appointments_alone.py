# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account makes appointments about their request, by its tracking token."""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from agendas import Agendas, at
from requests_town import Town

PATH = "/v1/tracked-request"
EMAIL = "lea.zyzomys@example.org"


class Alone(Agendas):
    """What somebody does with the tracking token of a request."""

    async def filed(self, *, kinds: tuple[str, ...] = ("passeport",), email: str | None = EMAIL) -> dict[str, str]:
        """The headers of somebody whose request's type names these kinds, with their address confirmed."""
        code = f"alone-{uuid4().hex[:8]}"
        await self.town.publish(code, audience={"anonymous": True}, appointment_kinds=list(kinds))
        body = {"request_type": code, "description": "Un passeport", "answers": {"colour": "red"}} | (
            {"email": email} if email else {}
        )
        path, headers = "/v1/collectivities/paris/requests", {"Idempotency-Key": str(uuid4())}
        answer = await self.town.client.post(path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        if email:
            await self._confirm()
        return {"Tracking-Token": answer.json()["tracking_token"]}

    async def _confirm(self) -> None:
        id_ = await self.town.service.runtime.database.pool.fetchval(
            "SELECT data::jsonb ->> 'confirmation_id' FROM outbox WHERE type LIKE '%.confirmation-asked.v1'"
            " ORDER BY occurred_at DESC LIMIT 1"
        )
        path = f"/internal/v1/confirmations/{id_}?collectivity=paris"
        told = (await self.town.service.internal.get(path, headers=self.town.service.system().headers)).json()
        link = str(told["link"])
        assert (await self.town.client.post(link[link.index("/confirm-address") :])).status_code == 200

    async def send(self, token: dict[str, str], path: str, body: Any = None, **more: str) -> httpx.Response:
        headers = token | {"Idempotency-Key": str(uuid4())} | more
        return await self.town.client.post(PATH + path, json=body, headers=headers)

    async def read(self, token: dict[str, str], path: str) -> httpx.Response:
        return await self.town.client.get(PATH + path, headers=token)

    async def want(self, token: dict[str, str], clock: str = "09:00", kind: str = "passeport") -> httpx.Response:
        return await self.send(token, "/appointments", {"kind": kind, "starts_at": at(clock)})


@pytest.fixture
def alone(town: Town) -> Alone:
    return Alone(town)


async def test_they_see_what_is_free_book_it_move_it_and_give_it_back(alone: Alone, town: Town) -> None:
    agenda = await alone.counter()
    await alone.kind(agenda, code="mariage")
    token = await alone.filed()
    (kind,) = (await alone.read(token, "/appointment-kinds")).json()["items"]
    assert (kind["code"], kind["agendas"]) == ("passeport", [agenda])
    window = f"?starts_after={at('00:00')}&starts_before={at('23:00')}"
    free = (await alone.read(token, f"/appointment-kinds/passeport/slots{window}")).json()["items"]
    assert free[0]["starts_at"] == at("09:00")
    booked = await alone.want(token)
    assert booked.status_code == 201, booked.text
    assert booked.headers["location"] == f"{PATH}/appointments/{booked.json()['id']}"
    own = (await alone.read(token, "")).json()
    assert (booked.json()["request_id"], booked.json()["person"]) == (own["id"], None)
    # The mails about it lead there, where no account is needed.
    path = f"/internal/v1/appointments/{booked.json()['id']}?collectivity=paris"
    told = (await town.service.internal.get(path, headers=town.service.system().headers)).json()
    assert (told["request_id"], told["tracked_reference"]) == (own["id"], own["reference"])
    assert (await town.client.get(booked.headers["location"], headers=token)).json() == booked.json()
    # An agent at the counter finds it with the request; the invitation goes to the confirmed address.
    found = await town.get(town.service.agent(), f"/v1/appointments?request_id={own['id']}")
    (seen,) = found.json()["items"]
    assert seen["id"] == booked.json()["id"]
    (told,) = await alone.told()
    who = f"/internal/v1/reporters/{UUID(json.loads(told['data'])['person'])}/contact?collectivity=paris"
    contact = await town.service.internal.get(who, headers=town.service.system().headers)
    assert contact.json()["email"] == EMAIL
    path = f"/appointments/{booked.json()['id']}"
    moved = await alone.send(token, f"{path}/move", {"starts_at": at("10:00")}, **{"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["starts_at"]) == (201, at("10:00"))
    calendar = await alone.read(token, f"{path}/calendar")
    assert (calendar.headers["content-type"], "SEQUENCE:1" in calendar.text) == ("text/calendar; charset=utf-8", True)
    assert (await alone.send(token, f"{path}/cancellation", {}, **{"If-Match": '"1"'})).status_code == 412
    gone = await alone.send(token, f"{path}/cancellation", {}, **{"If-Match": '"2"'})
    assert (gone.status_code, gone.json()["state"]) == (201, "cancelled")
    (listed,) = (await alone.read(token, "/appointments")).json()["items"]
    assert listed["state"] == "cancelled"
    steps = (await alone.read(token, f"{path}/history")).json()["items"]
    assert [step["act"] for step in steps] == ["booked", "moved", "cancelled"]


async def test_only_the_kinds_that_the_type_names_are_theirs(alone: Alone, town: Town) -> None:
    agenda = await alone.counter()
    await alone.kind(agenda, code="mariage")
    for token in (await alone.filed(kinds=()), await alone.filed(kinds=("mariage", "inconnu"))):
        refused = await alone.want(token)
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown-appointment-kind")
        waits = await alone.send(token, "/waiting-list", {"kind": "passeport", "agenda_id": agenda})
        assert (waits.status_code, waits.json()["code"]) == (422, "unknown-appointment-kind")
    assert await town.count("appointment") == await town.count("appointment_wait") == 0


async def test_nothing_is_held_for_whom_no_mail_would_reach(alone: Alone, town: Town) -> None:
    agenda = await alone.counter()
    token = await alone.filed(email=None)
    refused = await alone.want(token)
    assert (refused.status_code, refused.json()["code"]) == (409, "address-not-confirmed")
    waits = await alone.send(token, "/waiting-list", {"kind": "passeport", "agenda_id": agenda})
    assert (waits.status_code, waits.json()["code"]) == (409, "address-not-confirmed")
    assert await town.count("appointment") == await town.count("appointment_wait") == 0


async def test_a_slot_has_one_person_and_a_person_five(alone: Alone, town: Town) -> None:
    await alone.counter()
    tokens = [await alone.filed() for _ in range(4)]
    answers = await asyncio.gather(
        *(alone.want(token) for token in tokens), alone.book(town.service.citizen(), at("09:00"))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
    other = tokens[0]
    clocks = ("09:30", "10:00", "10:30", "11:00", "11:30")
    codes = [(await alone.want(other, clock)).json().get("code") for clock in clocks]
    more = 5 - sum(answer.status_code == 201 for answer in answers[:1])
    assert codes == [None] * more + ["too-many-appointments"] * (5 - more)


async def test_a_token_reaches_nobody_elses_appointment(alone: Alone, town: Town) -> None:
    await alone.counter()
    mine, theirs = await alone.filed(), await alone.filed()
    booked = (await alone.want(theirs)).json()
    path = f"/appointments/{booked['id']}"
    assert (await alone.read(mine, path)).status_code == 404
    assert (await alone.read(mine, "/appointments")).json()["items"] == []
    gone = await alone.send(mine, f"{path}/cancellation", {}, **{"If-Match": '"1"'})
    assert gone.status_code == 404
    citizens = (await alone.book(town.service.citizen(), at("10:00"))).json()
    assert (await alone.read(mine, f"/appointments/{citizens['id']}")).status_code == 404
    assert (await alone.read({"Tracking-Token": "x"}, "/appointments")).status_code == 404


async def test_they_wait_for_a_slot_and_take_what_is_offered(alone: Alone, town: Town) -> None:
    agenda, somebody = await alone.counter(), town.service.citizen()
    token = await alone.filed()
    booked = (await alone.book(somebody, at("09:00"))).json()
    joined = await alone.send(token, "/waiting-list", {"kind": "passeport", "agenda_id": agenda})
    assert joined.status_code == 201, joined.text
    assert joined.headers["location"] == f"{PATH}/waiting-list/{joined.json()['id']}"
    (line,) = (await town.get(town.service.agent(), f"/v1/agendas/{agenda}/waiting-list")).json()["items"]
    own = (await alone.read(token, "")).json()["id"]
    assert line["request_id"] == own
    await alone.change(somebody, booked, "cancellation")
    (place,) = (await alone.read(token, "/waiting-list")).json()["items"]
    assert (place["request_id"], place["offer"]["starts_at"]) == (own, at("09:00"))
    path = f"/appointments/{place['offer']['appointment_id']}"
    taken = await alone.send(token, f"{path}/acceptance", None, **{"If-Match": '"1"'})
    assert (taken.status_code, taken.json()["state"], taken.json()["request_id"]) == (201, "booked", own)
    assert (await alone.read(token, "/waiting-list")).json()["items"] == []


async def test_who_leaves_the_list_lets_the_next_have_it(alone: Alone, town: Town) -> None:
    agenda, somebody = await alone.counter(), town.service.citizen()
    token, following = await alone.filed(), await alone.filed()
    booked = (await alone.book(somebody, at("09:00"))).json()
    places = [
        (await alone.send(each, "/waiting-list", {"kind": "passeport", "agenda_id": agenda})).json()
        for each in (token, following)
    ]
    await alone.change(somebody, booked, "cancellation")
    left = f"{PATH}/waiting-list/{places[0]['id']}"
    assert (await town.client.delete(left, headers=following | {"If-Match": '"1"'})).status_code == 404
    assert (await town.client.delete(left, headers=token | {"If-Match": '"1"'})).status_code == 204
    (place,) = (await alone.read(following, "/waiting-list")).json()["items"]
    declined = await alone.send(
        following, f"/appointments/{place['offer']['appointment_id']}/refusal", None, **{"If-Match": '"1"'}
    )
    assert (declined.status_code, declined.json()["state"]) == (201, "cancelled")


@pytest.mark.parametrize("email", [EMAIL, None])
async def test_an_agent_books_for_who_calls_and_has_no_account(alone: Alone, town: Town, email: str | None) -> None:
    await alone.counter()
    agent, clerk, code = town.service.agent(), town.service.agent(), f"called-{uuid4().hex[:8]}"
    await town.publish(code, channels=["phone"])
    contact = {"last_name": "Zyzomys", "phone": "01 40 00 00 00"} | ({"email": email} if email else {})
    body = {"request_type": code, "description": "Un passeport", "answers": {"colour": "red"}}
    filed = await alone.post(agent, "/v1/requests-on-behalf", body | {"channel": "phone", "contact": contact})
    assert filed.status_code == 201, filed.text
    booked = await alone.book(agent, at("09:00"), request_id=filed.json()["id"])
    assert booked.status_code == 201, booked.text
    moved = await alone.change(agent, booked.json(), "move", starts_at=at("09:30"), reason="Elle a rappelé.")
    assert moved.status_code == 201, moved.text
    # The counter knows who comes, and for what.
    (listed,) = (await town.get(clerk, "/v1/appointments")).json()["items"]
    assert (listed["starts_at"], listed["request_id"]) == (at("09:30"), filed.json()["id"])
    reached = (await town.get(clerk, f"/v1/requests/{listed['request_id']}/contact")).json()
    assert {name: value for name, value in reached.items() if value and name != "language"} == contact
    # Whoever writes to people knows whether it can.
    person, system = listed["person"], town.service.system().headers
    where = await town.service.internal.get(
        f"/internal/v1/reporters/{person}/contact?collectivity=paris", headers=system
    )
    assert (where.status_code, where.json()["email"]) == (200, email)
    # And nobody books for whom nobody knows.
    alone_again = await alone.book(agent, at("10:30"))
    assert alone_again.status_code == 422, alone_again.text
