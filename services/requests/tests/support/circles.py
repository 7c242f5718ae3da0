# SPDX-License-Identifier: EUPL-1.2
"""A request that its team alone reads, with all that hangs on it; who is in the team, and who is not."""

import itertools
import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from agendas import Agendas
from contesting import REFUSING, Contesting
from other_town import CALLS
from requests_town import Town, photo
from team_calls import known, team_of

from parvis_testing import Caller

_codes = itertools.count()
FEE: Final = {
    "code": "permit",
    "name": {"fr": "Droit", "en": "Fee"},
    "cents": 100,
    "states": ["submitted"],
    "client_number": "090909",
    "mode": "test",
}
# What another service has its part in, as it lies in the database.
_BESIDE: Final = (
    """INSERT INTO incoming_contact (id, collectivity, way, reason, state, suggested, version, received_at, updated_at)
    VALUES ($2, 'paris', 'email', 'other-sender', 'open', $1, 1, now(), now())""",
    """INSERT INTO payment (id, collectivity, request_id, fee, state, amount_cents, mode, client_number, reference,
        created_at)
    VALUES ($2, 'paris', $1, 'permit', 'abandoned', 100, 'test', '090909', 'R1', now())""",
)
_PURGED: Final = """
INSERT INTO purged_request (id, collectivity, reference, type_id, type_code, type_version, status, team, filed_on,
    ended_on, purged_at)
SELECT gen_random_uuid(), 'paris', reference, type_id, type_code, type_version, status, team, current_date,
    current_date, now()
FROM request WHERE id = $1
"""
_FORWARDED: Final = """
INSERT INTO forwarding (request_id, collectivity, body_id, state, tries, look_ups, version, next_at, created_at,
    updated_at)
VALUES ($1, 'paris', $2, 'failed', 1, 0, 1, now(), now(), now())
"""


@dataclass(frozen=True)
class Circle:
    """A restricted request: refused, contested, held, about which somebody comes; ``ids`` stand for parameters."""

    town: Town
    code: str
    team: str
    author: Caller
    inside: Caller
    outside: Caller
    request: dict[str, Any]
    ids: dict[str, str]

    async def call(self, caller: Caller, name: str, method: str, path: str) -> httpx.Response:
        """Call an operation as those of another town do."""
        _, body, headers = CALLS[name]
        text = json.dumps(body)
        for parameter, value in self.ids.items():
            path, text = path.replace(f"{{{parameter}}}", value), text.replace(f"{{{parameter}}}", value)
        sent = caller.headers | {"Idempotency-Key": self.town.key()} | headers
        content = text.encode() if body is not None else None
        if name == "uploadAttachment":
            content, path = photo(), f"{path}?for_request={self.request['id']}"
        kind = "image/jpeg" if name == "uploadAttachment" else "application/json"
        sent |= {"Content-Type": kind} if content else {}
        query = {"listRequestAuthors": {"request_id": self.request["id"]}, "listPurgeNotices": {"within_days": 3_000}}
        return await self.town.client.request(method, path, content=content, headers=sent, params=query.get(name))


async def restricted(town: Town, **definition: Any) -> tuple[str, str, Caller, Caller]:
    """A type whose requests its team alone reads; its code, the team, an agent who is in it and one who is not."""
    inside, outside = town.service.agent(), town.service.agent()
    await known(town, inside, outside)
    team, code = await team_of(town, inside), f"confidential-{next(_codes)}"
    said = {"access": "team", "routing": [{"team": team}], "workflow": REFUSING, **definition}
    await town.publish(code, **said)
    return code, team, inside, outside


async def circle(town: Town) -> Circle:
    """Such a request with all that may hang on one."""
    code, team, inside, outside = await restricted(town, retention_months=12, fees=[FEE])
    author, agendas, contesting = town.service.citizen(), Agendas(town), Contesting(town, code)
    attachment = (await town.upload(author, photo((900, 900)))).json()["id"]
    filed = await town.submit(author, request_type=code, answers={}, attachments=[attachment])
    assert filed.status_code == 201, filed.text
    request = filed.json()
    await town.write(author, request, "public", "Bonjour")
    agenda = await agendas.counter()
    starts_at = (await agendas.slots()).json()["items"][-1]["starts_at"]
    booked = await agendas.book(author, starts_at, request_id=request["id"])
    hope = {"kind": "passeport", "agenda_id": agenda, "request_id": request["id"]}
    waiting = await agendas.post(author, "/v1/waiting-list", hope)
    assert (booked.status_code, waiting.status_code) == (201, 201), (booked.text, waiting.text)
    refused = await town.act(inside, request, "refuse", '"2"', reason="Non.")
    assert refused.status_code == 201, refused.text
    appeal = await contesting.lodged(author, request)
    path = f"/v1/requests/{request['id']}"
    tag = (await town.get(inside, path)).headers["etag"]
    held = await town.client.put(
        f"{path}/legal-hold", json={"reason": "Procès"}, headers=inside.headers | {"If-Match": tag}
    )
    rated = await agendas.post(author, f"{path}/satisfaction", {"score": 3})
    assert (held.status_code, rated.status_code) == (200, 201), (held.text, rated.text)
    ids = {
        "request_id": request["id"],
        "attachment_id": attachment,
        "appointment_id": booked.json()["id"],
        "agenda_id": agenda,
        "appeal_id": appeal["id"],
        "contact_id": str(uuid4()),
        "payment_id": str(uuid4()),
    }
    await _beside(town, ids)
    return Circle(town, code, team, author, inside, outside, request, ids)


async def _beside(town: Town, ids: dict[str, str]) -> None:
    pool, request = town.service.runtime.database.pool, UUID(ids["request_id"])
    for statement, id_ in zip(_BESIDE, ("contact_id", "payment_id"), strict=True):
        await pool.execute(statement, request, UUID(ids[id_]))
    await pool.execute(_PURGED, request)
    body = {"name": {"fr": "Régie", "en": "Works"}, "endpoint": "https://works.example/v2/", "services": []}
    made = await town.client.post(
        "/v1/open311-bodies", json=body, headers=town.administrator().headers | {"Idempotency-Key": town.key()}
    )
    assert made.status_code == 201, made.text
    await pool.execute(_FORWARDED, request, UUID(made.json()["id"]))


async def filed(town: Town, code: str, caller: Caller | None = None, **changes: Any) -> dict[str, str]:
    answer = await town.submit(caller or town.service.citizen(), request_type=code, answers={}, **changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def reads(town: Town, caller: Caller, request: dict[str, str]) -> bool:
    status = (await town.get(caller, f"/v1/requests/{request['id']}")).status_code
    assert status in {200, 404}
    queue = await town.get(caller, "/v1/work-queue?limit=100&count=exact")
    found = [item["id"] for item in queue.json()["items"]]
    assert queue.json()["counts"]["total"] == len(found)
    assert found.count(request["id"]) == (status == 200)
    return status == 200


async def assign(town: Town, caller: Caller, request: dict[str, str], **body: object) -> dict[str, object]:
    path = f"/v1/requests/{request['id']}"
    tag = (await town.get(caller, path)).headers["etag"]
    headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    answer = await town.client.post(f"{path}/assignment", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def note(town: Town, caller: Caller, request: dict[str, str], mentioned: Caller) -> None:
    headers, path = caller.headers | {"Idempotency-Key": town.key()}, f"/v1/requests/{request['id']}/messages"
    body = {"visibility": "internal", "text": "Peux-tu regarder ?", "mentions": [mentioned.subject]}
    answer = await town.client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
