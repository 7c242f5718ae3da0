# SPDX-License-Identifier: EUPL-1.2
"""Mails to people who reported something without an account."""

from datetime import UTC, datetime

import pytest
from notifications_post import Post
from notifications_sink import form
from participation_events import told

LINK = "https://ville.example/mon-signalement"


@pytest.mark.parametrize(
    ("subject", "final", "says"),
    [
        ("received", False, "If it was not you, ignore this message."),
        ("kept", False, "another moderator will decide"),
        ("kept", True, "it can no longer be contested with the town"),
        ("removed", False, "Whoever published it can contest this decision"),
        ("removed", True, "it can no longer be contested with the town"),
    ],
)
async def test_who_gave_notice_is_written_to_once_as_the_law_has_it(
    post: Post, subject: str, final: bool, says: str
) -> None:
    person = post.service.citizen()
    known = {"email": "lea@example.org", "language": "en", "link": LINK, "confirmed": True}
    post.owners.guests[person.subject] = known | {"confirm_before": datetime.now(UTC).isoformat()}
    event = told("content-notice-told", notifier=person.subject, subject=subject, final=final)
    for _ in range(2):
        await post.hear(event)
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    text = " ".join(form(mail, "plain").split())
    assert mail["To"] == "lea@example.org"
    assert says in text
    assert not (final and "another moderator will decide" in text)
    assert LINK in text
    assert "regulation (EU) 2022/2065, article 16" in text


async def test_what_was_written_to_who_is_forgotten_is_unreadable_and_nothing_more_goes(post: Post) -> None:
    person = post.service.citizen()
    known = {"email": "lea@example.org", "language": "en", "link": LINK, "confirmed": True}
    post.owners.guests[person.subject] = known | {"confirm_before": datetime.now(UTC).isoformat()}
    await post.hear(told("content-notice-told", notifier=person.subject, subject="forgotten"))
    await post.hear(told("content-notice-told", notifier=person.subject, subject="kept"))
    await post.compose()
    await post.send_mails()
    assert post.sink.mails() == []
