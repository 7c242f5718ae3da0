# SPDX-License-Identifier: EUPL-1.2
"""A code goes to somebody's telephone by text message alone, once, and nowhere else is it to be read."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from notifications_post import example
from notifications_texts import NUMBER, Texts

from parvis_kit.messaging.events import Event
from parvis_local.smssink.faults import Fault
from parvis_notifications.service.templates import spoken_clock
from parvis_testing import Caller

CODE = "048213"
TYPE = "fr.parvis.identity.phone-code-asked.v1"


def asked(texts: Texts, reader: Caller, *, language: str = "fr", minutes: float = 10) -> Event:
    code_id, at = uuid4(), datetime.now(UTC)
    texts.post.owners.phone_codes[str(code_id)] = {
        "phone": NUMBER,
        "code": CODE,
        "language": language,
        "expires_at": (at + timedelta(minutes=minutes)).isoformat(),
    }
    data = example(TYPE) | {"code_id": str(code_id), "person": reader.subject, "occurred_at": at.isoformat()}
    return Event(
        id=uuid4(),
        type=TYPE,
        source="/parvis/identity",
        subject=str(code_id),
        time=at,
        collectivity="paris",
        sequence=1,
        key=UUID(str(code_id)),
        topic="parvis.identity.phone-code.v1",
        data=data,
        traceparent=None,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", f"Ville de Paris : votre code est {CODE}, valable jusqu'à "),
        ("en", f"your code is {CODE}; it works until"),
    ],
)
async def test_it_goes_at_once_by_text_whatever_was_chosen(texts: Texts, language: str, said: str) -> None:
    reader = texts.person(phone=None)  # not verified yet
    await texts.choose(reader, "email")
    event = asked(texts, reader, language=language)
    for _ in range(2):  # told twice, sent once
        await texts.post.hear(event)
        await texts.post.compose()
    await texts.send()
    (text,) = texts.first.texts()
    assert text.to == NUMBER
    assert said in text.body
    assert "http" not in text.body
    await texts.post.send_mails()
    assert texts.post.sink.mails() == []


async def test_until_when_it_works_is_told_by_the_town_s_clocks(texts: Texts) -> None:
    texts.post.more["time_zones"] = {"paris": "Indian/Reunion"}
    await texts.post.hear(asked(texts, texts.person(phone=None)))
    await texts.post.compose()
    await texts.send()
    (code,) = texts.post.owners.phone_codes.values()
    ends = spoken_clock(datetime.fromisoformat(code["expires_at"]), "fr", ZoneInfo("Indian/Reunion"))
    (text,) = texts.first.texts()
    assert f"jusqu'à {ends}".replace("\N{NO-BREAK SPACE}", " ") in text.body.replace("\N{NO-BREAK SPACE}", " ")


async def test_the_inbox_says_that_it_was_sent_and_nothing_that_is_kept_has_it(texts: Texts) -> None:
    reader = texts.person(phone=None)
    await texts.post.hear(asked(texts, reader))
    await texts.post.compose()
    await texts.send()
    (message,) = (await texts.post.get(reader, "/v1/inbox-messages")).json()["items"]
    assert "code" in message["subject"]
    assert message["link"] == "http://localhost:8080/account/profile"
    assert CODE not in json.dumps(message)
    named = ("message", "delivery", "delivery_attempt", "delivery_decision", "outbox")
    tables = [[dict(row) for row in await texts.post.pool.fetch(f"SELECT * FROM {table}")] for table in named]
    kept = json.dumps(tables, default=lambda value: value.decode("latin-1") if isinstance(value, bytes) else str(value))
    assert f"est {CODE}" not in kept
    assert NUMBER not in kept


async def test_a_text_in_doubt_is_found_by_its_own_words(texts: Texts) -> None:
    reader = texts.person(phone=None)
    texts.first.faults = [Fault.UNANSWERED]
    await texts.post.hear(asked(texts, reader))
    await texts.post.compose()
    await texts.send()
    assert (await texts.explained(reader))["state"] == "unknown"
    await texts.ask()
    assert (await texts.explained(reader))["state"] == "sent"
    assert len(texts.first.texts()) + len(texts.second.texts()) == 1


async def test_no_code_goes_once_it_is_of_no_use(texts: Texts) -> None:
    reader = texts.person(phone=None)
    late, gone = asked(texts, reader, minutes=-1), asked(texts, reader)
    del texts.post.owners.phone_codes[str(gone.key)]
    for event in (late, gone):
        await texts.post.hear(event)
    await texts.post.compose()
    await texts.send()
    assert texts.first.texts() == []
    (notice,) = await texts.post.rows("notice")
    assert (notice["event_id"], notice["last_error"]) == (gone.id, "nothing-to-confirm")


async def test_while_identity_is_down_it_waits(texts: Texts) -> None:
    reader = texts.person(phone=None)
    event = asked(texts, reader)
    texts.post.owners.down = True
    await texts.post.hear(event)
    await texts.post.compose()
    texts.post.owners.down = False
    await texts.post.due_now("notice")
    await texts.post.compose()
    await texts.send()
    assert len(texts.first.texts()) == 1
