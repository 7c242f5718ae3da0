# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from notifications_post import Post

from parvis_testing import Caller

PATH = "/v1/inbox-messages"


async def patch(post: Post, reader: Caller, message: dict[str, Any], read_at: Any, tag: str = '"1"') -> httpx.Response:
    headers = reader.headers | {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    return await post.client.patch(f"{PATH}/{message['id']}", json={"read_at": read_at}, headers=headers)


async def first(post: Post, reader: Caller) -> dict[str, Any]:
    message: dict[str, Any] = (await post.get(reader, PATH)).json()["items"][0]
    return message


async def test_the_inbox_shows_what_the_mail_said(post: Post) -> None:
    reader = post.person()
    happened = await post.told(reader, reference="R-2026-7KQ4-XM7")
    page = await post.get(reader, PATH)
    (message,) = page.json()["items"]
    assert message["subject"] == "Votre demande R-2026-7KQ4-XM7 est enregistrée"
    assert message["body"].startswith("Bonjour,\n\nNous avons bien reçu votre demande «\xa0Permis\xa0» le 3 mars 2026.")
    assert message["template"] == "request-submitted"
    assert message["link"] == f"http://localhost:8080/v1/requests/{happened.key}"
    assert message["read_at"] is None
    assert page.headers["cache-control"] == "no-store"


async def test_pages_follow_one_another_and_unread_ones_are_counted(post: Post) -> None:
    reader = post.person()
    for _ in range(5):
        await post.told(reader)
    await patch(post, reader, await first(post, reader), datetime.now(UTC).isoformat())
    seen: list[str] = []
    path: str | None = f"{PATH}?unread=true&limit=2&count=exact"
    while path:
        page = await post.get(reader, path)
        assert page.json()["count"] == 4
        seen += [item["id"] for item in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else None
    assert len(set(seen)) == len(seen) == 4
    assert (await post.get(reader, f"{PATH}?count=exact")).json()["count"] == 5
    assert (await post.get(reader, PATH)).json()["count"] is None


async def test_a_cursor_belongs_to_one_list_of_one_reader(post: Post) -> None:
    reader, other = post.person(), post.person()
    for _ in range(2):
        await post.told(reader)
    cursor = (await post.get(reader, f"{PATH}?limit=1")).json()["next_cursor"]
    for caller, path in ((reader, f"{PATH}?unread=true&cursor={cursor}"), (other, f"{PATH}?cursor={cursor}")):
        refused = await post.get(caller, path)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid-cursor")


async def test_reading_again_costs_nothing_while_nothing_changes(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    path = f"{PATH}/{(await first(post, reader))['id']}"
    one = await post.get(reader, path)
    assert (one.status_code, one.headers["etag"], one.headers["content-language"]) == (200, '"1"', "fr")
    again = await post.get(reader, path, **{"If-None-Match": one.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_message_is_marked_as_read_and_unread_in_the_version_that_was_seen(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    at = datetime.now(UTC).isoformat()
    read = await patch(post, reader, message, at)
    assert (read.status_code, read.headers["etag"]) == (200, '"2"')
    assert read.json()["read_at"] is not None
    assert (await patch(post, reader, message, None)).status_code == 412
    unread = await patch(post, reader, message, None, '"2"')
    assert (unread.json()["read_at"], unread.headers["etag"]) == (None, '"3"')
    same = await patch(post, reader, message, None, '"3"')
    assert same.headers["etag"] == '"3"'


async def test_a_mail_that_goes_out_meanwhile_does_not_disturb_the_reader(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    await post.send_mails()
    assert (await patch(post, reader, message, datetime.now(UTC).isoformat())).status_code == 200


async def test_a_clock_that_is_wrong_marks_no_message_before_it_was_written_or_in_the_future(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    future = await patch(post, reader, message, (datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert datetime.fromisoformat(future.json()["read_at"]) <= datetime.now(UTC)
    past = await patch(post, reader, message, "2001-01-01T00:00:00Z", '"2"')
    assert past.json()["read_at"] == message["created_at"]


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({"read_at": "2026-11-24T10:00:00Z"}, {"If-Match": ""}, 412),
        ({"read_at": "2026-11-24T10:00:00"}, {}, 422),
        ({"read_at": "yesterday"}, {}, 422),
        ({}, {}, 422),
        ({"read_at": None, "subject": "x"}, {}, 422),
        ({"read_at": None}, {"Content-Type": "application/json"}, 415),
        ({"read_at": None}, {"If-Match": '"x"'}, 412),
    ],
)
async def test_a_patch_that_is_not_as_agreed_changes_nothing(
    post: Post, body: dict[str, Any], headers: dict[str, str], code: int
) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    usual = {"If-Match": '"1"', "Content-Type": "application/merge-patch+json"}
    answer = await post.client.patch(f"{PATH}/{message['id']}", json=body, headers=reader.headers | usual | headers)
    assert answer.status_code == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await post.get(reader, f"{PATH}/{message['id']}")).headers["etag"] == '"1"'


async def test_without_if_match_nothing_is_changed(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    headers = reader.headers | {"Content-Type": "application/merge-patch+json"}
    answer = await post.client.patch(f"{PATH}/{message['id']}", json={"read_at": None}, headers=headers)
    assert answer.status_code == 428


async def test_only_citizens_have_an_inbox_and_only_their_own(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    path = f"{PATH}/{message['id']}"
    assert (await post.get(reader, path)).status_code == 200
    stranger = post.service.citizen()
    elsewhere = post.service.citizen("lutece", sub=reader.subject)
    for caller in (stranger, elsewhere):
        assert (await post.get(caller, path)).status_code == 404
        assert (await post.get(caller, f"{PATH}?count=exact")).json() == {
            "items": [], "next_cursor": None, "prev_cursor": None, "count": 0,
        }  # fmt: skip
        assert (await patch(post, caller, message, None)).status_code == 404
    assert (await post.get(post.service.system(), PATH)).status_code == 403
    assert (await post.get(reader, f"{PATH}/{uuid4()}")).status_code == 404


async def test_a_token_needs_the_scope_of_what_it_does(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    only_reads = post.service.citizen(sub=reader.subject, scope="notifications.messages.read")
    assert (await post.get(only_reads, PATH)).status_code == 200
    refused = await patch(post, only_reads, message, None)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")
    assert (await post.client.get(PATH)).status_code == 401


async def test_an_erased_person_reads_nothing_more(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = await first(post, reader)
    await post.service.runtime.persons.destroy(reader.person)
    assert (await post.get(reader, f"{PATH}/{message['id']}")).status_code == 404
    assert (await post.get(reader, PATH)).status_code == 404
