# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications_post import Post, example
from notifications_sink import form

from parvis_kit.messaging.events import Event
from parvis_testing import Caller

TYPE = "fr.parvis.participation.moderation-decided.v1"


def decided(author: Caller | None, outcome: str, *, reversed_: bool = False) -> Event:
    """A decision, made of the contract's example."""
    case = uuid4()
    changes: dict[str, Any] = {"case_id": str(case), "author": author and author.subject, "outcome": outcome}
    return Event(
        id=uuid4(),
        type=TYPE,
        source="/parvis/participation",
        subject=str(case),
        time=datetime.now(UTC),
        collectivity="paris",
        sequence=2,
        key=case,
        topic="parvis.participation.moderation.v1",
        data=example(TYPE) | changes | {"reversed": reversed_},
        traceparent=None,
    )


async def test_whose_words_are_removed_is_told_by_mail_and_inbox_whatever_they_chose(post: Post) -> None:
    author = post.person("camille@example.org", "fr")
    await post.hear(decided(author, "removed"))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"] == "Une de vos contributions a été retirée"
    text = form(mail, "plain")
    assert "http://localhost:8080/v1/moderation-decisions" in text
    assert "article 17" in text
    (message,) = (await post.get(author, "/v1/inbox-messages")).json()["items"]
    assert (message["template"], message["subject"]) == ("contribution-removed", mail["Subject"])
    (decision,) = (await post.get(author, f"/v1/inbox-messages/{UUID(message['id'])}/deliveries")).json()["items"]
    assert (decision["reason"], decision["legal_basis"]) == ("legal-notice", "dsa-17")


@pytest.mark.parametrize(
    ("outcome", "reversed_", "told"),
    [("kept", True, ["contribution-restored"]), ("kept", False, []), ("removed", True, ["contribution-removed"])],
)
async def test_an_author_hears_of_what_changes_for_them(
    post: Post, outcome: str, reversed_: bool, told: list[str]
) -> None:
    author = post.person("camille@example.org", "en")
    event = decided(author, outcome, reversed_=reversed_)
    for _ in range(2):
        await post.hear(event)
    await post.compose()
    messages = (await post.get(author, "/v1/inbox-messages")).json()["items"]
    assert [message["template"] for message in messages] == told


async def test_nobody_is_told_of_words_that_are_nobodys_any_more(post: Post) -> None:
    await post.hear(decided(None, "removed"))
    await post.compose()
    assert await post.service.runtime.database.pool.fetchval("SELECT count(*) FROM message") == 0
