# SPDX-License-Identifier: EUPL-1.2
"""The server of the social account answers as Mastodon's API says, and shows what stands there."""

import httpx
import pytest
from starlette.applications import Starlette

from parvis_local.socialsink.pages import page_routes
from parvis_local.socialsink.server import server_routes
from parvis_local.socialsink.store import Fault, StatusStore

BASE = "http://social.example"
KNOWN = {"Authorization": "Bearer t", "Idempotency-Key": "k"}


def sink(store: StatusStore) -> httpx.AsyncClient:
    app = Starlette(routes=[*page_routes(store), *server_routes(store, "t")])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=BASE)


async def test_a_status_is_made_once_for_its_key_and_shown() -> None:
    store = StatusStore()
    async with sink(store) as client:
        form = {"status": "Rue <barrée>\n\nhttps://ville.example/une/adresse/qui/est/longue", "language": "fr"}
        first, again = [await client.post("/api/v1/statuses", data=form, headers=KNOWN) for _ in range(2)]
        assert (first.status_code, first.json()) == (200, again.json())
        assert "&lt;barrée&gt;" in first.json()["content"]
        under = await client.post(
            "/api/v1/statuses",
            data={"status": "Fin", "in_reply_to_id": first.json()["id"]},
            headers=KNOWN | {"Idempotency-Key": "other"},
        )
        assert under.json()["in_reply_to_id"] == first.json()["id"]
        me = (await client.get("/api/v1/accounts/verify_credentials", headers=KNOWN)).json()["id"]
        listed = (await client.get(f"/api/v1/accounts/{me}/statuses?limit=40", headers=KNOWN)).json()
        assert [each["id"] for each in listed] == [under.json()["id"], first.json()["id"]]
        page = await client.get("/simulators/social", headers={"Accept-Language": "en"})
        assert "Rue &lt;barrée&gt;" in page.text
        assert "in reply to" in page.text
        shown = (await client.get("/simulators/social/posts")).json()["items"]
        assert [each["text"] for each in shown] == ["Fin", form["status"]]
        gone = await client.delete(f"/api/v1/statuses/{first.json()['id']}", headers=KNOWN)
        assert (gone.status_code, len(store.statuses)) == (200, 1)


@pytest.mark.parametrize(
    ("fault", "form", "headers", "status"),
    [
        (None, {"status": "x"}, {"Authorization": "Bearer other"}, 401),
        (None, {"status": " "}, KNOWN, 422),
        (None, {"status": "x" * 501}, KNOWN, 422),
        (None, {"status": "x", "visibility": "all"}, KNOWN, 422),
        (None, {"status": "x", "in_reply_to_id": "1"}, KNOWN, 404),
        (Fault.TOKEN, {"status": "x"}, KNOWN, 401),
        (Fault.THROTTLED, {"status": "x"}, KNOWN, 429),
        (Fault.AWAY, {"status": "x"}, KNOWN, 503),
        (Fault.REFUSED, {"status": "x"}, KNOWN, 422),
        (Fault.LOST, {"status": "x"}, KNOWN, 500),
    ],
)
async def test_what_is_not_taken_is_answered_so_and_stands_nowhere(
    fault: Fault | None, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    store = StatusStore()
    async with sink(store) as client:
        if fault is not None:
            assert (await client.post("/simulators/social/faults", json={"fault": fault})).status_code == 204
        assert (await client.post("/api/v1/statuses", data=form, headers=headers)).status_code == status
        assert (await client.post("/simulators/social/faults", json={"fault": "tired"})).status_code == 400
        assert (await client.get("/api/v1/accounts/1/statuses")).status_code == 404
        assert (await client.get("/api/v1/accounts/verify_credentials")).status_code == 401
        assert (await client.get("/healthz")).text == "alive"
    assert len(store.statuses) == 0


async def test_one_whose_answer_is_lost_stands_there() -> None:
    store = StatusStore()
    store.faults.append(Fault.UNANSWERED)
    async with sink(store) as client:
        assert (await client.post("/api/v1/statuses", data={"status": "x"}, headers=KNOWN)).status_code == 500
    assert len(store.statuses) == 1
