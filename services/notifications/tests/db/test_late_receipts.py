# SPDX-License-Identifier: EUPL-1.2
"""Who confirms their address after they filed gets the receipt then, and one alone."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from notifications_post import Post, event, example
from notifications_sink import form

from parvis_kit.messaging.events import Event
from parvis_testing import Caller

TYPE = "fr.parvis.requests.address-confirmed.v1"


def confirmed(filed: Event) -> Event:
    """That the address of who filed it is theirs, made of the contract's example."""
    data = example(TYPE) | {"request_id": filed.data["request_id"], "person": filed.data["author"]}
    key = UUID(data["confirmation_id"])
    topic = "parvis.requests.confirmation.v1"
    return replace(filed, id=uuid4(), type=TYPE, subject=str(key), sequence=2, key=key, topic=topic, data=data)


def reachable(post: Post, person: Caller) -> None:
    post.owners.reporters[person.subject] = {"email": "lea@example.org", "language": "fr"}


@pytest.mark.parametrize("composed", [True, False])
async def test_the_receipt_goes_to_the_address_once_it_is_confirmed(post: Post, *, composed: bool) -> None:
    person = post.service.citizen()
    filed = event("submitted", author=person.subject)
    await post.hear(filed)
    if composed:
        await post.compose()
        assert [row["last_error"] for row in await post.rows("notice")] == ["person-unknown"]
    reachable(post, person)
    for told in (confirmed(filed), filed):
        await post.hear(told)
    await post.compose()
    await post.hear(confirmed(filed))
    await post.compose()
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert (mail["To"], mail["List-Unsubscribe"]) == ("lea@example.org", None)
    text = form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert "votre demande « Permis » le 3 mars 2026" in text
    assert "R. 112-11-1" in text
