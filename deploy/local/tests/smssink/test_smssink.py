# SPDX-License-Identifier: EUPL-1.2
import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.incoming import Incoming
from parvis_local.smssink.pages import page_routes
from parvis_local.smssink.provider import provider_routes
from parvis_local.smssink.store import TextStore, segments

ACCOUNT, SECRET = "AC1", "secret"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
NUMBER = "+33612340000"


def sink(store: TextStore, secret: str = SECRET) -> httpx.AsyncClient:
    app = Starlette(routes=[*page_routes(store), *provider_routes(store, ACCOUNT, SECRET)])
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://sink.example", auth=(ACCOUNT, secret))


def form(to: str = NUMBER, body: str = "Bonjour <b>vous</b>") -> dict[str, str]:
    return {"To": to, "From": "Ville", "Body": body}


async def test_a_message_is_kept_shown_and_arrives_after_a_while() -> None:
    store = TextStore()
    async with sink(store) as client:
        made = (await client.post(f"{PATH}.json", data=form())).json()
        assert (made["status"], made["num_segments"], made["error_code"]) == ("queued", "1", None)
        assert made["date_created"].endswith("+0000")
        page = (await client.get("/simulators/sms", headers={"Accept-Language": "en"})).text
        assert NUMBER in page
        assert "<b>vous" not in page
        assert "Text messages sent" in page
        (text,) = store.newest(NUMBER, 10)
        text.taken_at -= 10
        assert (await client.get(f"{PATH}/{made['sid']}.json")).json()["status"] == "delivered"
        found = (await client.get(f"{PATH}.json", params={"To": NUMBER})).json()["messages"]
        assert [each["sid"] for each in found] == [made["sid"]]
        assert (await client.get(f"{PATH}.json", params={"To": "+33600000000"})).json()["messages"] == []
        assert (await client.get(f"{PATH}/SMnone.json")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "code", "kept"),
    [
        (form(f"+3361234{Fault.AWAY}"), 503, 20503, 0),
        (form(f"+3361234{Fault.ONLY_OVH}"), 503, 20503, 0),
        (form(f"+3361234{Fault.STOPPED}"), 400, 21610, 0),
        (form(f"+3361234{Fault.NO_NUMBER}"), 400, 21211, 0),
        (form(f"+3361234{Fault.UNANSWERED}"), 502, 0, 1),
        (form(body=""), 400, 21602, 0),
        (form(body="x" * 1_601), 400, 21617, 0),
        (form(""), 400, 21604, 0),
    ],
)
async def test_what_goes_wrong_is_answered_as_the_provider_does(
    sent: dict[str, str], status: int, code: int, kept: int
) -> None:
    store = TextStore()
    async with sink(store) as client:
        answer = await client.post(f"{PATH}.json", data=sent)
    refused: dict[str, Any] = answer.json()
    assert (answer.status_code, refused["status"], refused["code"]) == (status, status, code)
    assert len(store.newest(None, 10)) == kept


async def test_what_came_in_is_listed_by_day_and_page_whether_or_not_the_town_took_it() -> None:
    store, number = TextStore(), "+33199001234"

    async def away(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    incoming = Incoming(ACCOUNT, SECRET, "https://town.example/texts", number, httpx.MockTransport(away), store)
    assert [await incoming.write(NUMBER, f"Message {each}") for each in range(3)] == [503] * 3
    async with sink(store) as client:
        day = datetime.now(UTC).date()
        asked = {"To": number, "DateSent": day.isoformat(), "PageSize": "2"}
        first = (await client.get(f"{PATH}.json", params=asked)).json()
        second = (await client.get(first["next_page_uri"])).json()
        listed = [*first["messages"], *second["messages"]]
        assert [each["body"] for each in listed] == ["Message 2", "Message 1", "Message 0"]
        assert {(each["direction"], each["status"], each["from"]) for each in listed} == {
            ("inbound", "received", NUMBER)
        }
        assert second["next_page_uri"] is None
        before = {"To": number, "DateSent": (day - timedelta(days=1)).isoformat()}
        assert (await client.get(f"{PATH}.json", params=before)).json()["messages"] == []


async def test_a_lost_message_says_so_and_strangers_are_refused() -> None:
    store = TextStore()
    async with sink(store) as client:
        made = (await client.post(f"{PATH}.json", data=form(f"+3361234{Fault.LOST}"))).json()
        (text,) = store.newest(None, 1)
        text.taken_at -= 10
        lost = (await client.get(f"{PATH}/{made['sid']}.json")).json()
        assert (lost["status"], lost["error_code"]) == ("undelivered", 30003)
    async with sink(store, "wrong") as client:
        for answer in (await client.post(f"{PATH}.json", data=form()), await client.get(f"{PATH}.json")):
            assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_segments_are_counted() -> None:
    assert [segments(text) for text in ("é" * 160, "é" * 161, "ê" * 70, "ê" * 71, "€" * 81)] == [1, 2, 1, 2, 2]


async def test_who_looks_writes_to_the_town_and_sees_what_it_answered() -> None:
    brought: list[httpx.Request] = []

    async def town(request: httpx.Request) -> httpx.Response:
        brought.append(request)
        return httpx.Response(429)

    incoming = Incoming(ACCOUNT, SECRET, "https://town.example/texts", "+33199001234", httpx.MockTransport(town))
    app = Starlette(routes=page_routes(TextStore(), incoming))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sink.example") as client:
        assert "+33199001234" in (await client.get("/simulators/sms")).text
        assert (await client.post("/simulators/sms/incoming", data={"from": NUMBER})).status_code == 422
        written = await client.post("/simulators/sms/incoming", data={"from": NUMBER, "body": "Où voter ?"})
        assert "429" in (await client.get(written.headers["Location"])).text
        assert "<b>" not in (await client.get("/simulators/sms?brought=<b>")).text
    (request,) = brought
    fields = dict(parse_qsl(request.content.decode()))
    assert (fields["From"], fields["To"], fields["Body"]) == (NUMBER, "+33199001234", "Où voter ?")
    said = "https://town.example/texts" + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    wanted = base64.b64encode(hmac.digest(SECRET.encode(), said.encode(), "sha1")).decode()
    assert request.headers["X-Twilio-Signature"] == wanted
