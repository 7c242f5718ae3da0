# SPDX-License-Identifier: EUPL-1.2
"""Mails of amendments, and of petitions that are out of sight."""

from dataclasses import replace
from uuid import uuid4

import pytest
from notifications_post import Post
from notifications_sink import form
from participation_events import templates, told


@pytest.mark.parametrize("subject", ["offered", "accepted", "rejected", "conflicting", "lapsed"])
async def test_somebody_is_told_once_of_an_amendment_and_led_to_it(post: Post, subject: str) -> None:
    person, amendment = post.person("camille@example.org", "fr"), uuid4()
    for _ in range(2):
        changes = {"person": person.subject, "amendment_id": amendment, "subject": subject}
        await post.hear(told("amendment-news-told", **changes))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert "mendement" in mail["Subject"]
    assert f"http://localhost:8080/v1/collectivities/paris/pages/amendments/{amendment}" in form(mail, "plain")
    assert await templates(post, person) == [f"amendment-{subject}"]


@pytest.mark.parametrize("thread", ["proposal", "project", "consultation"])
async def test_somebody_is_told_once_of_a_discussion_and_led_to_it(post: Post, thread: str) -> None:
    person, subject, news = post.person("camille@example.org", "fr"), uuid4(), uuid4()
    for _ in range(2):
        changes = {"person": person.subject, "thread": thread, "subject_id": subject, "news_id": news}
        await post.hear(told("discussion-news-told", **changes))
    await post.compose()
    for _ in range(2):  # what goes to many waits for the others
        await post.send_mails()
    (mail,) = post.sink.mails()
    assert f"http://localhost:8080/v1/collectivities/paris/threads/{thread}/{subject}/page" in form(mail, "plain")
    assert await templates(post, person) == [f"{thread}-discussed"]


@pytest.mark.parametrize(
    ("subject", "ground", "template", "says"),
    [
        ("removed", "illegal-content", "petition-removed-by-law", "its content is against the law"),
        ("removed", "town-rules", "petition-removed-by-rules", "breaks the town\N{RIGHT SINGLE QUOTATION MARK}s rules"),
        ("restored", None, "petition-restored", "published again"),
        ("withdrawn", None, "petition-withdrawn", "Your signature is deleted"),
    ],
)
async def test_a_signer_is_told_why_a_petition_is_out_of_sight_and_where_that_is_contested(
    post: Post, subject: str, ground: str | None, template: str, says: str
) -> None:
    signer, petition = post.person("camille@example.org", "en"), uuid4()
    for _ in range(2):  # both accounts of somebody signed, and became one before they were told
        event = told("petition-news-told", signer=signer.subject, petition_id=petition, subject=subject)
        await post.hear(replace(event, data=event.data | {"ground": ground}))
    await post.compose()
    for _ in range(2):  # what goes to many waits for the others
        await post.send_mails()
    assert await templates(post, signer) == [template]
    (mail,) = post.sink.mails()
    text = " ".join(form(mail, "plain").split())
    assert says in text
    assert f"/v1/collectivities/paris/pages/petitions/{petition}" in text
    assert ("administrative court" in text) == ("six months" in text) == (subject == "removed")
