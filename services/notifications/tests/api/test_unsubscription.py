# SPDX-License-Identifier: EUPL-1.2
"""Whoever holds a mail says that no more shall come, from the mail program (RFC 8058) or from a page."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from notifications_post import Post
from notifications_sink import form

from parvis_testing import Caller

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"
CHANGES = "/v1/notification-preference-changes"


async def link(post: Post, reader: Caller) -> str:
    """That of a mail to them, as a mail program finds it."""
    await post.told(reader, "taken")
    await post.send_mails()
    mail = post.sink.mails()[-1]
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    found = re.fullmatch(r"<(https?://[!-~]+)>", mail["List-Unsubscribe"])
    assert found
    for subtype in ("plain", "html"):
        assert found[1] in form(mail, subtype)
    assert b"\r\nList-Unsubscribe: <http" in b"\r\n" + post.sink.taken[-1], "in one line, and not encoded"
    parts = urlsplit(found[1])
    return f"{parts.path}?{parts.query}"


async def send(post: Post, path: str, body: str = ONE_CLICK, **headers: str) -> httpx.Response:
    return await post.client.post(path, content=body, headers={"Content-Type": FORM, **headers})


async def test_one_click_ends_the_mails_and_not_the_messages(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    done = await send(post, path)
    assert (done.status_code, "location" in done.headers, "set-cookie" in done.headers) == (200, False, False)
    await post.told(reader, "resolved")
    await post.send_mails()
    assert len(post.sink.taken) == 1
    assert len((await post.get(reader, "/v1/inbox-messages")).json()["items"]) == 2
    chosen = (await post.get(reader, "/v1/notification-preferences")).json()
    assert {each["topic"]: each["channels"] for each in chosen["topics"]} == {
        "requests": [],
        "appointments": ["email"],
        "participation": ["email"],
        "work": ["email"],
    }


async def test_a_mail_program_may_send_it_in_parts(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    done = await send(post, path, body, **{"Content-Type": "multipart/form-data; boundary=x"})
    assert done.status_code == 200
    (change,) = (await post.get(reader, CHANGES)).json()["items"]
    assert (change["way"], change["channels"]) == ("one-click", [])


async def test_the_page_says_how_things_stand_and_opening_it_changes_nothing(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    page = await post.client.get(path)
    assert page.status_code == 200
    assert "Vous recevez ces messages par courriel" in page.text
    assert "Ville de Paris" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert (await post.get(reader, "/v1/notification-preferences")).headers["etag"] == '"0"'
    english = await post.client.get(path, headers={"Accept-Language": "en"})
    assert (english.headers["content-language"], "Stop these mails" in english.text) == ("en", True)


async def test_what_was_ended_on_the_page_is_taken_up_again_there(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    ended = await send(post, path, "choice=stop")
    assert "Recevoir de nouveau" in ended.text
    again = await send(post, path, "choice=resume", **{"Accept-Language": "en"})
    assert "You receive these messages by mail" in again.text
    await post.told(reader, "resolved")
    await post.send_mails()
    assert len(post.sink.taken) == 2
    answer = await post.get(reader, CHANGES)
    assert answer.headers["cache-control"] == "no-store"
    newest, oldest = answer.json()["items"]
    assert (newest["way"], newest["channels"]) == ("page", ["email"])
    assert newest["words"] == "Mails about the progress of your requests — Receive these mails again"
    assert oldest["words"] == "Courriels sur le suivi de vos demandes — Ne plus recevoir ces courriels"
    assert oldest["changed_at"] < newest["changed_at"]


async def test_asked_twice_it_is_done_and_kept_once(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    for _ in range(3):
        assert (await send(post, path)).status_code == 200
    assert len((await post.get(reader, CHANGES)).json()["items"]) == 1
    assert (await post.get(reader, "/v1/notification-preferences")).headers["etag"] == '"1"'


async def test_a_choice_in_an_account_is_kept_as_well_and_what_else_was_chosen_stays(post: Post) -> None:
    reader = post.person()
    quiet = {"begins": "22:00", "ends": "07:30", "time_zone": "Europe/Paris"}
    body = {"language": "en", "quiet_hours": quiet, "topics": [{"topic": "requests", "channels": []}]}
    headers = reader.headers | {"If-Match": '"0"'}
    await post.client.put("/v1/notification-preferences", json=body, headers=headers)
    (change,) = (await post.get(reader, CHANGES)).json()["items"]
    assert (change["way"], change["words"], change["topic"]) == ("account", None, "requests")
    again = await post.client.put("/v1/notification-preferences", json=body, headers=headers | {"If-Match": '"1"'})
    assert again.status_code == 200
    assert len((await post.get(reader, CHANGES)).json()["items"]) == 1, "nothing changed"


async def test_what_else_was_chosen_stays(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    body = {"language": "en", "quiet_hours": None, "topics": [{"topic": "requests", "channels": ["email"]}]}
    headers = reader.headers | {"If-Match": '"0"'}
    assert (await post.client.put("/v1/notification-preferences", json=body, headers=headers)).status_code == 200
    await send(post, path)
    found = await post.get(reader, "/v1/notification-preferences")
    assert (found.json()["language"], found.headers["etag"]) == ("en", '"2"')


async def test_what_the_law_has_sent_offers_no_end_and_has_none(post: Post) -> None:
    reader = post.person()
    path = await link(post, reader)
    await send(post, path)
    await post.told(reader, "submitted")
    await post.send_mails()
    mail = post.sink.mails()[-1]
    assert len(post.sink.taken) == 2
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
    assert "unsubscription" not in form(mail, "plain") + form(mail, "html")
    lawful = next(row for row in await post.rows("delivery") if row["not_before_at"] is None and row["sent_at"])
    assert lawful


@pytest.mark.parametrize("token", ["", "x", "A" * 44, "é" * 44, "=" * 44])
async def test_a_link_that_is_not_ours_ends_nothing(post: Post, token: str) -> None:
    reader = post.person()
    path = await link(post, reader)
    for answer in (
        await post.client.get("/unsubscription", params={"token": token}),
        await send(post, str(httpx.URL("/unsubscription", params={"token": token}))),
    ):
        assert answer.status_code == 404
        assert "Ce lien n’est plus valable" in answer.text
    assert (await post.client.get(path[:-1] + ("A" if path[-1] != "A" else "B"))).status_code == 404
    assert (await post.get(reader, "/v1/notification-preferences")).headers["etag"] == '"0"'


@pytest.mark.parametrize("body", ["", "choice=perhaps", "List-Unsubscribe=Two-Clicks", f"{ONE_CLICK}&choice=stop"])
async def test_what_is_no_answer_changes_nothing(post: Post, body: str) -> None:
    reader = post.person()
    path = await link(post, reader)
    refused = await send(post, path, body)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed-request")
    assert (await post.get(reader, CHANGES)).json()["items"] == []


async def test_what_is_known_of_one_is_shown_to_nobody_else(post: Post) -> None:
    reader = post.person()
    await send(post, await link(post, reader))
    elsewhere = post.service.citizen("lutece", sub=reader.subject)
    for caller in (elsewhere, post.service.citizen()):
        assert (await post.get(caller, CHANGES)).json()["items"] == []
    assert (await post.get(post.service.system(), CHANGES)).status_code == 403
    assert (await post.get(reader, CHANGES, Accept="application/json")).json()["items"]
