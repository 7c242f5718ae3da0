# SPDX-License-Identifier: EUPL-1.2
import hashlib
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.incoming import Incoming
from parvis_local.smssink.ovh import Keys, OvhService
from parvis_local.smssink.pages import page_routes
from parvis_local.smssink.store import TextStore

URL, NUMBER = "http://sink.example", "+33612340000"
KEYS = Keys("application", "secret", "consumer")
BASE = "/1.0/sms/sms-ab12345-1"


class Caller:
    """Who signs as the API's documentation has it."""

    def __init__(self, service: OvhService, keys: Keys = KEYS, late: float = 0) -> None:
        incoming = Incoming("AC1", "secret", "https://town.example/texts", "+33199001234")
        app = Starlette(routes=[*service.routes(), *page_routes(service.store, incoming, service)])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)
        self.keys, self.late = keys, late

    async def call(self, method: str, path: str, body: str = "", at: str = "") -> httpx.Response:
        at = at or str(int(time.time() - self.late))
        said = "+".join([self.keys.secret, self.keys.consumer, method, f"{URL}{path}", body, at])
        headers = {
            "X-Ovh-Application": self.keys.application,
            "X-Ovh-Consumer": self.keys.consumer,
            "X-Ovh-Timestamp": at,
            "X-Ovh-Signature": "$1$" + hashlib.sha1(said.encode()).hexdigest(),  # noqa: S324 - the API's
        }
        return await self.client.request(method, path, content=body, headers=headers)


def service(**more: Any) -> OvhService:
    return OvhService(TextStore(), "sms-ab12345-1", KEYS, URL, **more)


def job(to: str = NUMBER) -> str:
    return (
        f'{{"receivers": ["{to}"], "message": "Bonjour", "sender": "Ville", "senderForResponse": false, "tag": "T1"}}'
    )


async def test_a_job_waits_then_went_out_by_its_tag_and_arrives() -> None:
    ovh = service()
    caller = Caller(ovh)
    made = (await caller.call("POST", f"{BASE}/jobs", job())).json()
    (number,) = made["ids"]
    assert (made["validReceivers"], made["invalidReceivers"], made["totalCreditsRemoved"]) == ([NUMBER], [], 1)
    (text,) = ovh.store.newest(None, 10)
    text.taken_at += 100
    assert (await caller.call("GET", f"{BASE}/jobs")).json() == [number]
    assert (await caller.call("GET", f"{BASE}/outgoing/{number}")).status_code == 404
    text.taken_at -= 200
    assert (await caller.call("GET", f"{BASE}/jobs")).json() == []
    assert (await caller.call("GET", f"{BASE}/outgoing?tag=T1")).json() == [number]
    assert (await caller.call("GET", f"{BASE}/outgoing?tag=T2")).json() == []
    shown = (await caller.call("GET", f"{BASE}/outgoing/{number}")).json()
    assert (shown["receiver"], shown["deliveryReceipt"], shown["ptt"]) == (NUMBER, 1, 4)
    assert "sms-ab12345-1" in (await caller.client.get("/simulators/sms")).text


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (Caller(service(), Keys("application", "wrong", "consumer")), 400),
        (Caller(service(), Keys("application", "secret", "wrong")), 403),
        (Caller(service(), late=3_600), 400),
    ],
)
async def test_who_does_not_sign_now_with_its_keys_is_refused(caller: Caller, status: int) -> None:
    assert (await caller.call("GET", f"{BASE}/jobs")).status_code == status
    assert isinstance((await caller.client.get("/1.0/auth/time")).json(), int)


async def test_what_goes_wrong_is_answered_as_the_provider_does() -> None:
    caller = Caller(service())
    answers = {
        fault: await caller.call("POST", f"{BASE}/jobs", job(f"+3361234{fault}")) for fault in Fault if fault != "9906"
    }
    assert {fault: answer.status_code for fault, answer in answers.items()} == {
        Fault.LOST: 200,
        Fault.UNANSWERED: 502,
        Fault.AWAY: 503,
        Fault.STOPPED: 200,
        Fault.NO_NUMBER: 200,
        Fault.ONLY_OVH: 200,
    }
    refused = answers[Fault.NO_NUMBER].json()
    assert (refused["ids"], refused["invalidReceivers"]) == ([], [f"+3361234{Fault.NO_NUMBER}"])


async def test_the_end_of_a_message_is_told_and_who_looks_answers_to_the_short_number() -> None:
    told: list[str] = []

    async def town(request: httpx.Request) -> httpx.Response:
        told.append(str(request.url))
        return httpx.Response(204)

    ovh = service(receipts="https://town.example/receipts/key", transport=httpx.MockTransport(town))
    caller = Caller(ovh)
    (number,) = (await caller.call("POST", f"{BASE}/jobs", job())).json()["ids"]
    (text,) = ovh.store.newest(None, 1)
    text.taken_at -= 100
    for task in list(ovh.telling):
        await task
    (url,) = told
    query = dict(parse_qsl(urlsplit(url).query))
    assert (query["id"], query["ptt"], query["description"]) == (str(number), "4", "1")
    assert NUMBER.removeprefix("+") not in url
    form = {"from": NUMBER, "body": "Oui", "way": "short"}
    written = await caller.client.post("/simulators/sms/incoming", data=form)
    assert (
        "within a minute"
        in (await caller.client.get(written.headers["Location"], headers={"Accept-Language": "en"})).text
    )
    span = "creationDatetime.from=2020-01-01T00:00:00Z&creationDatetime.to=2100-01-01T00:00:00Z"
    (answer,) = (await caller.call("GET", f"{BASE}/incoming?{span}")).json()
    assert (await caller.call("GET", f"{BASE}/incoming/{answer}")).json()["message"] == "Oui"


async def test_an_answer_has_a_number_that_none_had_before_it_be_it_before_a_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, now = service(), time.time()
    for _ in range(250):
        before.write(NUMBER, "Oui")
    numbers = [each["id"] for each in before.answers]
    assert len(set(numbers)) == len(numbers) == 200
    monkeypatch.setattr("parvis_local.smssink.ovh.time.time", lambda: now + 600)
    after = service()
    after.write(NUMBER, "Oui")
    assert after.answers[0]["id"] > max(numbers)


async def test_a_time_that_is_none_is_refused_though_it_is_signed() -> None:
    assert (await Caller(service()).call("GET", f"{BASE}/jobs", at="demain")).status_code == 400
