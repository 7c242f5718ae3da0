# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account is written to once to confirm their address, by a link that only the mail has."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from notifications_post import Post
from notifications_sink import form

from parvis_kit.messaging.events import Event

LINK = "http://localhost:8080/confirm-address?token=4vJb0v8bq0dYH2v3S0b8uT1cQyJ5sHk2mZbT7yX9wLE"


def asked(post: Post, *, language: str, waits: bool, sequence: int = 1, **more: str) -> Event:
    id_, person = uuid4(), uuid4()
    post.owners.confirmations[str(id_)] = {
        "email": "lea@example.org",
        "language": language,
        "request_type": {"code": "leak", "label": {"fr": "Fuite", "en": "Leak"}[language]} if waits else None,
        "link": LINK,
        "confirm_before": "2026-12-03T10:00:00.000Z",
        **more,
    }
    at = datetime.now(UTC)
    data = {"confirmation_id": str(id_), "collectivity": "paris", "person": str(person), "sequence": sequence}
    return Event(
        id=uuid4(),
        type="fr.parvis.requests.confirmation-asked.v1",
        source="/parvis/requests",
        subject=str(id_),
        time=at,
        collectivity="paris",
        sequence=sequence,
        key=id_,
        topic="parvis.requests.confirmation.v1",
        data=data | {"occurred_at": at.isoformat()},
        traceparent=None,
    )


@pytest.mark.parametrize(
    ("language", "waits", "said"),
    [
        ("fr", True, "« Fuite »"),
        ("fr", False, "avant le 3 décembre 2026"),
        ("en", True, "Unless that happens before 3 December 2026"),
        ("en", False, "To be told here what becomes of it"),
    ],
)
async def test_the_mail_has_the_link_and_says_what_waits_for_it(
    post: Post, language: str, waits: bool, said: str
) -> None:
    event = asked(post, language=language, waits=waits)
    for _ in range(2):  # told twice, sent once
        await post.hear(event)
        await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["To"] == "lea@example.org"
    assert said in form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert LINK in form(mail, "plain")
    assert f'<a href="{LINK}">' in form(mail, "html")
    assert mail["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "pour suivre le signalement R-2026-7KQ4-XM7"),
        ("en", "to follow report R-2026-7KQ4-XM7"),
    ],
)
async def test_who_wants_to_follow_is_told_what_the_link_is_for(post: Post, language: str, said: str) -> None:
    await post.hear(asked(post, language=language, waits=False, follows="R-2026-7KQ4-XM7"))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert said in form(mail, "plain")
    assert LINK in form(mail, "plain")


async def test_nothing_that_is_kept_has_the_link_or_the_address(post: Post) -> None:
    await post.hear(asked(post, language="fr", waits=True))
    await post.compose()
    await post.send_mails()
    tables = [await post.rows(table) for table in ("message", "delivery")]
    kept = json.dumps(tables, default=lambda value: value.decode("latin-1") if isinstance(value, bytes) else str(value))
    assert "4vJb0v8bq0d" not in kept
    assert "lea@example" not in kept
    assert "Fuite" not in kept


async def test_a_mail_that_is_asked_for_again_goes_again_and_none_once_it_is_confirmed(post: Post) -> None:
    first = asked(post, language="fr", waits=True)
    again = asked(post, language="fr", waits=True, sequence=2)
    for event in (first, again):
        await post.hear(event)
    await post.compose()
    late = asked(post, language="fr", waits=True)
    del post.owners.confirmations[str(late.key)]
    await post.hear(late)
    await post.compose()
    await post.send_mails()
    assert len(post.sink.mails()) == 2
    (notice,) = await post.rows("notice")
    assert (notice["event_id"], notice["last_error"]) == (late.id, "nothing-to-confirm")


async def test_while_requests_is_down_the_mail_waits(post: Post) -> None:
    post.owners.down = True
    await post.hear(asked(post, language="fr", waits=True))
    await post.compose()
    assert [notice["state"] for notice in await post.rows("notice")] == ["pending"]
    post.owners.down = False
    await post.due_now("notice")
    await post.compose()
    await post.send_mails()
    assert len(post.sink.mails()) == 1
