# SPDX-License-Identifier: EUPL-1.2
import base64
import hmac
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette

from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.faults import Fault
from parvis_local.voicesink.pages import page_routes
from parvis_local.voicesink.provider import provider_routes
from parvis_local.voicesink.store import CallStore

ACCOUNT, SECRET = "AC1", "secret"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
KEYS, ENDED = "https://town.example/keys?t=a", "https://town.example/states?t=a"
TWIML = (
    f'<Response><Gather numDigits="1" action="{KEYS}"><Say language="fr-FR">L\'eau monte &lt;vite&gt;</Say></Gather>'
    "</Response>"
)


class Town:
    """What the provider brings its calls' news to."""

    def __init__(self) -> None:
        self.brought: list[tuple[str, dict[str, str]]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        fields, url = dict(parse_qsl(request.content.decode(), keep_blank_values=True)), str(request.url)
        said = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        wanted = base64.b64encode(hmac.digest(SECRET.encode(), said.encode(), "sha1")).decode()
        assert request.headers["X-Twilio-Signature"] == wanted
        self.brought.append((url, fields))
        return httpx.Response(200, text="<Response><Say>Merci</Say><Hangup/></Response>")


def sink(store: CallStore, town: Town, secret: str = SECRET) -> httpx.AsyncClient:
    bringer = Bringer(SECRET, httpx.MockTransport(town))
    app = Starlette(routes=[*page_routes(store, bringer), *provider_routes(store, ACCOUNT, SECRET, bringer)])
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://sink.example", auth=(ACCOUNT, secret))


def form(to: str = "+33612340000", **more: str) -> dict[str, str]:
    asked = {"Twiml": TWIML, "Timeout": "30", "StatusCallback": ENDED, "MachineDetection": "DetectMessageEnd"}
    return {"To": to, "From": "+33199001234", **asked, **more}


async def test_somebody_lifts_the_receiver_on_the_page_hears_the_text_and_presses_a_key() -> None:
    store, town = CallStore(), Town()
    async with sink(store, town) as client:
        made = (await client.post(f"{PATH}.json", data=form())).json()
        assert (made["status"], made["duration"], made["answered_by"]) == ("queued", None, None)
        act = f"/simulators/voice/calls/{made['sid']}"
        await client.post(act, data={"act": "answer"})
        page = (await client.get("/simulators/voice", headers={"Accept-Language": "en"})).text
        assert "L&#x27;eau monte &lt;vite&gt;" in page
        assert "Press 1" in page
        await client.post(act, data={"act": "1"})
        (key, ended) = town.brought
        assert (key[0], key[1]["Digits"], key[1]["CallStatus"]) == (KEYS, "1", "in-progress")
        assert (ended[0], ended[1]["CallStatus"], ended[1]["CallSid"]) == (ENDED, "completed", made["sid"])
        shown = (await client.get(f"{PATH}/{made['sid']}.json")).json()
        assert (shown["status"], shown["answered_by"], int(shown["duration"]) > 0) == ("completed", "human", True)
        await client.post(act, data={"act": "again"})
        assert len(town.brought) == 3, "a status may be told twice"
        found = (await client.get(f"{PATH}.json", params={"To": "+33612340000"})).json()["calls"]
        assert [each["sid"] for each in found] == [made["sid"]]


async def test_a_telephone_that_nobody_answers_stops_ringing() -> None:
    store = CallStore()
    async with sink(store, Town()) as client:
        made = (await client.post(f"{PATH}.json", data=form())).json()
        (call,) = store.newest(None, 1)
        call.taken_at -= 10
        assert (await client.get(f"{PATH}/{made['sid']}.json")).json()["status"] == "ringing"
        call.taken_at -= 30
        assert (await client.get(f"{PATH}/{made['sid']}.json")).json()["status"] == "no-answer"


@pytest.mark.parametrize(
    ("fault", "status", "by"),
    [
        (Fault.BUSY, "busy", None),
        (Fault.MACHINE, "completed", "machine_end_beep"),
        (Fault.HELP, "completed", "human"),
        (Fault.LISTENS, "completed", "human"),
    ],
)
async def test_numbers_have_their_own_way(fault: Fault, status: str, by: str | None) -> None:
    store, town = CallStore(), Town()
    async with sink(store, town) as client:
        await client.post(f"{PATH}.json", data=form(f"+3361234{fault}"))
    (call,) = store.newest(None, 1)
    assert (call.status, call.answered_by, call.keys) == (status, by, "2" if fault is Fault.HELP else "")
    assert town.brought[-1][1]["CallStatus"] == status


@pytest.mark.parametrize(
    ("sent", "status", "code", "kept"),
    [
        (form(f"+3361234{Fault.AWAY}"), 503, 20503, 0),
        (form(f"+3361234{Fault.NO_NUMBER}"), 400, 21211, 0),
        (form(f"+3361234{Fault.UNANSWERED}"), 502, 0, 1),
        (form(Twiml="x" * 4_001), 400, 21205, 0),
        (form(""), 400, 21201, 0),
    ],
)
async def test_what_goes_wrong_is_answered_as_the_provider_does(
    sent: dict[str, str], status: int, code: int, kept: int
) -> None:
    store = CallStore()
    async with sink(store, Town()) as client:
        answer = await client.post(f"{PATH}.json", data=sent)
    assert (answer.status_code, answer.json()["code"], len(store.newest(None, 10))) == (status, code, kept)
    async with sink(store, Town(), "wrong") as client:
        for refused in (await client.post(f"{PATH}.json", data=form()), await client.get(f"{PATH}.json")):
            assert (refused.status_code, refused.json()["code"]) == (401, 20003)
