# SPDX-License-Identifier: EUPL-1.2
import io
from typing import Any

import httpx
import pytest
from pypdf import PdfWriter
from starlette.applications import Starlette

from parvis_local.lettersink.faults import Fault
from parvis_local.lettersink.pages import page_routes
from parvis_local.lettersink.provider import SENDINGS, Account, provider_routes
from parvis_local.lettersink.store import Letter, LetterStore
from parvis_local.simulators import LETTER_TOKENS

NAME, SECRET = "ville", "secret"
FORM = {"grant_type": "password", "client_id": NAME, "username": NAME, "client_secret": SECRET, "password": SECRET}
RECIPIENT = {"address_line_2": "Mme Zoé Lefèvre", "address_line_6": "75011 PARIS", "country_code": "FR"}


def pdf(pages: int = 1) -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()


class Desk:
    def __init__(self) -> None:
        self.store, self.account = LetterStore(), Account(NAME, NAME, SECRET)
        app = Starlette(routes=[*page_routes(self.store), *provider_routes(self.store, self.account)])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sink.example")

    async def login(self) -> None:
        token = (await self.client.post(LETTER_TOKENS, data=FORM)).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    async def draft(self, **recipient: Any) -> Letter:
        made = await self.client.post(SENDINGS, json={"name": "lettre", "postage_type": "FAST"})
        path = f"{SENDINGS}/{made.json()['id']}"
        files = {"document": ("lettre.pdf", pdf(2), "application/pdf")}
        metadata = {"metadata": '{"priority": 1, "name": "lettre.pdf"}'}
        assert (await self.client.post(f"{path}/documents", files=files, data=metadata)).status_code == 201
        assert (await self.client.post(f"{path}/recipients", json=RECIPIENT | recipient)).status_code == 201
        letter = self.store.get(made.json()["id"])
        assert letter is not None
        return letter

    async def submit(self, letter: Letter) -> httpx.Response:
        return await self.client.post(f"{SENDINGS}/{letter.id}/submit")

    async def status(self, letter: Letter) -> str:
        return str((await self.client.get(f"{SENDINGS}/{letter.id}")).json()["status"])


@pytest.fixture
async def desk() -> Desk:
    made = Desk()
    await made.login()
    return made


async def test_a_draft_is_submitted_once_shown_and_posted_after_a_while(desk: Desk) -> None:
    letter = await desk.draft()
    assert await desk.status(letter) == "DRAFT"
    assert (await desk.submit(letter)).status_code == 200
    again = await desk.submit(letter)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "SENDING_STATUS_IS_NOT_DRAFT")
    assert (await desk.client.delete(f"{SENDINGS}/{letter.id}")).status_code == 400
    assert letter.submitted_at is not None
    letter.submitted_at -= 10
    assert await desk.status(letter) == "PROCESSED"
    (shown,) = (await desk.client.get(f"{SENDINGS}/{letter.id}/recipients")).json()["recipients"]
    assert (shown["status"], shown["billed_pages_count"], shown["postage_price"]) == ("PROCESSED", 2, 1.45)
    page = (await desk.client.get("/simulators/letters", headers={"Accept-Language": "en"})).text
    assert "Mme Zoé Lefèvre" in page
    opened = await desk.client.get(f"/simulators/letters/{letter.id}/pdf")
    assert opened.content == letter.documents[0].content


async def test_somebody_presses_the_button_and_the_post_brings_it_back(desk: Desk) -> None:
    letter = await desk.draft()
    path = f"/simulators/letters/{letter.id}/return"
    await desk.client.post(path)
    assert letter.returned_at is None, "nothing comes back that has not gone"
    await desk.submit(letter)
    letter.submitted_at = (letter.submitted_at or 0.0) - 10
    assert (
        "The post brings it back"
        in (await desk.client.get("/simulators/letters?", headers={"Accept-Language": "en"})).text
    )
    assert (await desk.client.post(path)).status_code == 303
    (shown,) = (await desk.client.get(f"{SENDINGS}/{letter.id}/recipients")).json()["recipients"]
    assert (shown["last_delivery_status"], bool(shown["undelivered_mail_date"])) == ("N10", True)
    (item,) = (await desk.client.get("/simulators/letters/letters")).json()["items"]
    assert item["returned"] is True


async def test_a_draft_that_is_deleted_is_none_any_more(desk: Desk) -> None:
    letter = await desk.draft()
    assert (await desk.client.delete(f"{SENDINGS}/{letter.id}")).status_code == 204
    assert (await desk.submit(letter)).status_code == 404


@pytest.mark.parametrize(
    ("fault", "status", "submitted"), [(Fault.UNANSWERED, 502, True), (Fault.LOST, 502, False), (None, 200, True)]
)
async def test_what_goes_wrong_is_told_by_the_words_of_the_address(
    desk: Desk, fault: Fault | None, status: int, submitted: bool
) -> None:
    letter = await desk.draft(address_line_2=f"Mme {fault or 'Zoé'}")
    assert (await desk.submit(letter)).status_code == status
    assert (letter.submitted_at is not None) is submitted


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"address_line_2": "M. Panne"}, 503, None),
        ({"address_line_2": "M. Nullepart"}, 400, "ADDRESS_LINE_6_WRONG_FORMAT"),
        ({"address_line_6": "PARIS"}, 400, "ADDRESS_LINE_6_WRONG_FORMAT"),
        ({"address_line_2": "x" * 39}, 400, "ADDRESS_LINE_2_TOO_LONG"),
        ({"address_line_2": ""}, 400, "EMPTY_ADDRESS_LINE_1_OR_ADDRESS_LINE_2"),
        ({"country_code": "France"}, 400, "INVALID_COUNTRY_CODE"),
    ],
)
async def test_an_address_is_looked_at(desk: Desk, changes: dict[str, Any], status: int, code: str | None) -> None:
    made = await desk.client.post(SENDINGS, json={"name": "lettre"})
    answer = await desk.client.post(f"{SENDINGS}/{made.json()['id']}/recipients", json=RECIPIENT | changes)
    assert answer.status_code == status
    assert code is None or code in [each["code"] for each in answer.json()["errors"]]


async def test_only_the_account_may_send() -> None:
    desk = Desk()
    assert (await desk.client.post(LETTER_TOKENS, data=FORM | {"password": "x"})).status_code == 401
    assert (await desk.client.post(SENDINGS, json={"name": "lettre"})).status_code == 401
    await desk.login()
    desk.account.forget()
    assert (await desk.client.post(SENDINGS, json={"name": "lettre"})).status_code == 401
