# SPDX-License-Identifier: EUPL-1.2
"""The push service of the local stack refuses what a true one refuses, and its browsers read what RFC 8291 says."""

import json
import time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette

from parvis_local.pushsink.browser import Browser, UndecipherableError, decoded, encoded
from parvis_local.pushsink.faults import Fault
from parvis_local.pushsink.pages import page_routes
from parvis_local.pushsink.service import service_routes
from parvis_local.pushsink.store import PushStore

BASE = "http://push.example"
# RFC 8291, section 5 and appendix A.
UA_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
KEY = ECKey.generate_key("P-256")
PUBLIC = KEY.as_dict(private=False)
POINT = encoded(b"\x04" + decoded(str(PUBLIC["x"])) + decoded(str(PUBLIC["y"])))


def of_the_rfc(server_key: str = POINT, fault: Fault | None = None) -> Browser:
    scalar = int.from_bytes(decoded(UA_PRIVATE), "big")
    return Browser(server_key, fault, auth=decoded(AUTH), private=ec.derive_private_key(scalar, ec.SECP256R1()))


def sink(store: PushStore) -> httpx.AsyncClient:
    app = Starlette(routes=[*page_routes(store, BASE), *service_routes(store, BASE)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=BASE)


def headers(audience: str = BASE, ends_in: float = 12 * 3_600, **changes: str) -> dict[str, str]:
    token = jwt.encode(
        {"alg": "ES256"}, {"aud": audience, "exp": int(time.time() + ends_in)}, KEY, algorithms=["ES256"]
    )
    usual = {"Authorization": f"vapid t={token}, k={POINT}", "TTL": "60", "Content-Encoding": "aes128gcm"}
    return {**usual, **changes}


def test_a_browser_reads_the_example_of_the_rfc_and_no_bit_of_it_changed() -> None:
    assert of_the_rfc().read(decoded(BODY)) == b"When I grow up, I want to be a watermelon"
    for place in (0, 30, -1):
        body = bytearray(decoded(BODY))
        body[place] ^= 1
        with pytest.raises(UndecipherableError):
            of_the_rfc().read(bytes(body))
    with pytest.raises(UndecipherableError):
        of_the_rfc().read(b"short")


async def test_what_was_taken_is_shown_and_the_same_topic_takes_its_place() -> None:
    store, browser = PushStore(), of_the_rfc()
    store.add(browser)
    async with sink(store) as client:
        for _ in range(2):
            told = await client.post(
                f"/push/{browser.token}", content=decoded(BODY), headers=headers(Topic="once", Urgency="low")
            )
            assert (told.status_code, told.headers["TTL"]) == (201, "60")
            assert told.headers["Location"].startswith(BASE)
        found = (await client.get("/simulators/push/messages", params={"browser": browser.token})).json()["items"]
        assert [(each["said"], each["urgency"], each["ttl"]) for each in found] == [
            ("When I grow up, I want to be a watermelon", "low", 60)
        ]
        page = await client.get("/simulators/push", headers={"Accept-Language": "en"})
        assert "watermelon" in page.text
        assert "Notifications that browsers got" in page.text


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (headers(audience="http://other.example"), 401),
        (headers(ends_in=-10), 401),
        (headers(ends_in=30 * 3_600), 401),
        (headers(Authorization="vapid t=a.b.c, k=A"), 401),
        (headers(TTL=""), 400),
        (headers(Urgency="soon"), 400),
        (headers() | {"Content-Encoding": "aesgcm"}, 415),
    ],
)
async def test_a_sender_that_breaks_the_rules_is_refused(given: dict[str, str], status: int) -> None:
    store, browser = PushStore(), of_the_rfc()
    store.add(browser)
    async with sink(store) as client:
        told = await client.post(f"/push/{browser.token}", content=decoded(BODY), headers=given)
    assert (told.status_code, store.taken) == (status, 0)


@pytest.mark.parametrize(
    ("browser", "body", "status"),
    [
        (of_the_rfc("another"), decoded(BODY), 403),
        (of_the_rfc(), b"x" * 4_097, 413),
        (of_the_rfc(), decoded(BODY)[:-1], 400),
        (of_the_rfc(fault=Fault.GONE), decoded(BODY), 410),
        (of_the_rfc(fault=Fault.THROTTLED), decoded(BODY), 429),
        (of_the_rfc(fault=Fault.AWAY), decoded(BODY), 503),
        (of_the_rfc(fault=Fault.REFUSED), decoded(BODY), 400),
        (of_the_rfc(fault=Fault.UNANSWERED), decoded(BODY), 500),
    ],
)
async def test_what_goes_wrong_is_answered_as_a_push_service_does(browser: Browser, body: bytes, status: int) -> None:
    store = PushStore()
    store.add(browser)
    async with sink(store) as client:
        told = await client.post(f"/push/{browser.token}", content=body, headers=headers())
        assert (await client.post("/push/nobody", content=body, headers=headers())).status_code == 404
    assert told.status_code == status
    assert store.taken == (1 if browser.fault is Fault.UNANSWERED else 0)


async def test_a_browser_is_made_for_a_key_with_a_fault_or_none() -> None:
    store = PushStore()
    async with sink(store) as client:
        wanted: dict[str, Any] = {"server_key": POINT, "fault": "gone"}
        made = await client.post("/simulators/push/browsers", json=wanted)
        assert made.status_code == 201
        (browser,) = store.browsers.values()
        assert (browser.fault, made.json()["endpoint"]) == (Fault.GONE, f"{BASE}/push/{browser.token}")
        assert json.loads(made.text)["keys"]["auth"] == encoded(browser.auth)
        for wrong in ("no object", {"server_key": POINT, "fault": "tired"}, [POINT]):
            assert (await client.post("/simulators/push/browsers", json=wrong)).status_code == 400
        assert (await client.get("/healthz")).text == "alive"
