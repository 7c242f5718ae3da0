# SPDX-License-Identifier: EUPL-1.2
"""The homeserver answers as the specification of Matrix says, brings what happens, and shows the rooms."""

import json
from typing import Any

import httpx
from starlette.applications import Starlette

from parvis_local.matrixsink.bringing import Bringer
from parvis_local.matrixsink.homeserver import homeserver_routes
from parvis_local.matrixsink.pages import page_routes
from parvis_local.matrixsink.store import Fault, RoomStore

KNOWN = {"Authorization": "Bearer as"}
TOWN, GUEST = "@mairie:parvis.localhost", "@camille:parvis.localhost"
AS_TOWN = {"user_id": TOWN}


class Application:
    """What the homeserver brings to; it answers each call as it is told to."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.brought: list[tuple[str, list[dict[str, Any]]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer hs"
        self.brought.append((request.url.path.rpartition("/")[2], json.loads(request.content)["events"]))
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200, json={})


def sink(store: RoomStore, application: Application) -> httpx.AsyncClient:
    bringer = Bringer(store, "http://parvis.example", "hs", httpx.MockTransport(application))
    app = Starlette(routes=[*page_routes(store, bringer), *homeserver_routes(store, "as", bringer)])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://matrix.example", params=AS_TOWN)


async def made(client: httpx.AsyncClient, alias: str = "parvis-1") -> httpx.Response:
    wanted = {"preset": "private_chat", "name": "Ville", "room_alias_name": alias}
    return await client.post("/_matrix/client/v3/createRoom", json=wanted, headers=KNOWN)


async def invited(client: httpx.AsyncClient, room: str, guest: str = GUEST) -> httpx.Response:
    path = f"/_matrix/client/v3/rooms/{room}/invite"
    return await client.post(path, json={"user_id": guest}, headers=KNOWN)


async def test_a_room_is_made_once_for_its_alias_and_a_message_once_for_its_transaction() -> None:
    store, application = RoomStore(), Application()
    async with sink(store, application) as client:
        room = (await made(client)).json()["room_id"]
        again = await made(client)
        assert (again.status_code, again.json()["errcode"]) == (400, "M_ROOM_IN_USE")
        found = await client.get("/_matrix/client/v3/directory/room/%23parvis-1:parvis.localhost", headers=KNOWN)
        assert found.json()["room_id"] == room
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/t1"
        content = {"msgtype": "m.text", "body": "Rue <barrée>"}
        first, second = [await client.put(path, json=content, headers=KNOWN) for _ in range(2)]
        assert (first.status_code, first.json()) == (200, second.json())
        said = await client.get(f"/_matrix/client/v3/rooms/{room}/messages?dir=b", headers=KNOWN)
        assert [each["event_id"] for each in said.json()["chunk"]][:1] == [first.json()["event_id"]]
        assert "nobody is invited yet" in (await client.get("/simulators/chat", headers={"Accept-Language": "en"})).text
        assert (await invited(client, room)).status_code == 200
        page = await client.get("/simulators/chat", headers={"Accept-Language": "en"})
        assert "Rue &lt;barrée&gt;" in page.text
        assert "Accept the invitation" in page.text


async def test_what_happens_is_brought_in_order_until_it_is_taken() -> None:
    store, application = RoomStore(), Application()
    async with sink(store, application) as client:
        room = (await made(client)).json()["room_id"]
        application.statuses = [500]
        await invited(client, room)
        acts = f"/simulators/chat/rooms/{room}"
        assert (await client.post(acts, data={"act": "write", "text": "pas encore"})).status_code == 303
        await client.post(acts, data={"act": "join"})
        await client.post(acts, data={"act": "write", "text": "Merci", "root": "$1"})
        await client.post(acts, data={"act": "leave"})
        numbers = [number for number, _ in application.brought]
        assert numbers[:3] == ["0", "1", "1"]
        assert application.brought[1][1] == application.brought[2][1]
        taken = [event for _, events in application.brought[:1] + application.brought[2:] for event in events]
        memberships = [(each["state_key"], each["content"]["membership"]) for each in taken if "state_key" in each]
        assert memberships == [(TOWN, "join"), (GUEST, "invite"), (GUEST, "join"), (GUEST, "leave")]
        (said,) = (each for each in taken if each["type"] == "m.room.message")
        assert (said["sender"], said["content"]["body"]) == (GUEST, "Merci")
        assert said["content"]["m.relates_to"] == {"rel_type": "m.thread", "event_id": "$1"}


async def test_who_is_not_known_and_what_goes_wrong() -> None:
    store, application = RoomStore(), Application()
    async with sink(store, application) as client:
        wrong = await client.get("/_matrix/client/v3/account/whoami", headers={"Authorization": "Bearer no"})
        assert (wrong.status_code, wrong.json()["errcode"]) == (401, "M_UNKNOWN_TOKEN")
        for fault, status in ((Fault.AWAY, 503), (Fault.THROTTLED, 429), (Fault.TOKEN, 401)):
            assert (await client.post("/simulators/chat/faults", json={"fault": fault})).status_code == 204
            assert (await made(client)).status_code == status
        room = (await made(client)).json()["room_id"]
        assert (await invited(client, room, "@nobody:parvis.localhost")).json()["errcode"] == "M_FORBIDDEN"
        assert (await invited(client, room, "@camille:away.example")).status_code == 502
        for number, (fault, messages) in enumerate(((Fault.LOST, 0), (Fault.UNANSWERED, 1))):
            store.faults.append(fault)
            path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/{number}"
            assert (await client.put(path, json={"body": "x"}, headers=KNOWN)).status_code == 502
            assert len(store.rooms[room].messages) == messages
