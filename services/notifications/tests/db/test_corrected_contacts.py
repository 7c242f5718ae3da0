# SPDX-License-Identifier: EUPL-1.2
"""Where somebody is written to was taken down wrongly: once that is corrected, the stranger gets nothing more."""

from dataclasses import replace
from uuid import UUID, uuid4

from notifications_post import Post, event, example
from notifications_replies import SENDER, answer, answerable, bring

from parvis_kit.messaging.events import Event
from parvis_testing import Caller

TYPE = "fr.parvis.requests.contact-corrected.v1"


def corrected(filed: Event, *, receipt_due: bool = True) -> Event:
    data = example(TYPE) | {"request_id": filed.data["request_id"], "person": filed.data["author"]}
    data |= {"receipt_due": receipt_due}
    key, topic = UUID(data["correction_id"]), "parvis.requests.confirmation.v1"
    return replace(filed, id=uuid4(), type=TYPE, subject=str(key), sequence=1, key=key, topic=topic, data=data)


def reached(post: Post, person: Caller, email: str | None) -> None:
    post.owners.reporters[person.subject] = {"email": email, "language": "fr"}


async def test_the_receipt_goes_to_the_right_address_though_it_has_gone_to_another(post: Post) -> None:
    person = post.service.citizen()
    filed = event("submitted", author=person.subject)
    reached(post, person, "rosse@example.org")
    await post.hear(filed)
    await post.compose()
    await post.send_mails()
    reached(post, person, "rose@example.org")
    told = corrected(filed)
    for _ in range(2):
        await post.hear(told)
        await post.compose()
    await post.send_mails()
    assert [mail["To"] for mail in post.sink.mails()] == ["rosse@example.org", "rose@example.org"]


async def test_what_waits_goes_to_the_right_address_alone(post: Post) -> None:
    person = post.service.citizen()
    filed = event("submitted", author=person.subject)
    reached(post, person, "rosse@example.org")
    await post.hear(filed)
    await post.compose()
    reached(post, person, "rose@example.org")
    await post.hear(corrected(filed, receipt_due=False))
    await post.send_mails()
    assert [mail["To"] for mail in post.sink.mails()] == ["rose@example.org"]


async def test_what_the_stranger_answers_is_not_taken_for_the_authors_words(post: Post) -> None:
    person = post.person(SENDER)
    address, request = await answerable(post, person)
    filed = event("submitted", author=person.subject, request_id=request)
    await post.hear(corrected(filed, receipt_due=False))
    assert (await bring(post, address, answer(address))).startswith("550 5.2.1")
