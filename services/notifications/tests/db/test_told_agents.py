# SPDX-License-Identifier: EUPL-1.2
"""Agents are told of their work in the inbox that is theirs, and by mail as they chose."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications_post import Post, event, example, merged
from notifications_sink import form

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers import people
from parvis_notifications.service.bundle_alerts import Windows
from parvis_testing import Caller


def told(agent: Caller, name: str, **changes: Any) -> Event:
    """An event for that agent, made of the contract's example."""
    type_ = f"fr.parvis.requests.agent-{name}.v1"
    base, key = event("submitted"), uuid4()
    own = {"mention_id": str(key)} if name == "mentioned" else {}
    data = example(type_) | own | {"agent": agent.subject, **changes}
    return Event(
        id=uuid4(),
        type=type_,
        source=base.source,
        subject=str(key),
        time=base.time,
        collectivity="paris",
        sequence=1,
        key=UUID(str(key)),
        topic="parvis.requests.mention.v1",
        data=data,
        traceparent=None,
    )


def known(post: Post) -> Caller:
    agent = post.service.agent()
    post.owners.contacts[agent.subject] = {"email": "agent@ville.example", "language": "fr", "given_name": "Max"}
    return agent


@pytest.mark.parametrize(
    ("name", "changes", "template", "said"),
    [
        ("mentioned", {}, "agent-mentioned", "vous cite"),
        ("alerted", {"alert": "supplemented", "ends_at": None}, "agent-request-supplemented", "a reçu un message"),
        ("alerted", {}, "agent-request-due-soon", "s’achève le 8 décembre 2026"),
        (
            "alerted",
            {"alert": "appealed"},
            "agent-appealed",
            "fin du 8 décembre 2026, le silence la rejettera",
        ),
        ("alerted", {"alert": "appealed", "ends_at": None}, "agent-appealed", "ou vous avez pris la décision."),
        ("alerted", {"alert": "documents-missed"}, "agent-documents-missed", "jusqu’à la fin du 8 décembre 2026"),
        ("alerted", {"alert": "merged", "ends_at": None}, "agent-request-merged", "elle avance désormais avec elle"),
        ("alerted", {"alert": "parted", "ends_at": None}, "agent-request-parted", "attend que vous y donniez suite"),
        ("alerted", {"alert": "appeal-due-soon"}, "agent-appeal-due-soon", "avant la fin du 8 décembre 2026"),
        ("alerted", {"alert": "appeal-decided", "ends_at": None}, "agent-appeal-decided", "est terminée"),
        ("alerted", {"alert": "author-erased"}, "agent-author-erased", "plus personne ne lit ce que vous écrivez"),
    ],
)
async def test_an_agent_is_told_once_in_their_inbox_and_by_mail(
    post: Post, name: str, changes: dict[str, Any], template: str, said: str
) -> None:
    agent = known(post)
    happened = told(agent, name, **changes)
    for _ in range(2):
        await post.hear(happened)
        await post.compose()
    await post.send_mails(work_url="https://bo.example/{reference}")
    (message,) = (await post.get(agent, "/v1/inbox-messages")).json()["items"]
    assert (message["template"], happened.data["reference"] in message["subject"]) == (template, True)
    (mail,) = post.sink.mails()
    assert mail["To"] == "agent@ville.example"
    assert said in form(mail, "plain").replace("\N{NO-BREAK SPACE}", " ")
    assert mail["List-Unsubscribe"] is not None


async def test_an_agent_who_wants_no_mails_about_their_work_has_them_in_the_inbox_alone(post: Post) -> None:
    agent = known(post)
    chosen = {"language": None, "quiet_hours": None, "topics": [{"topic": "work", "channels": []}]}
    headers = agent.headers | {"If-Match": '"0"'}
    answer = await post.client.put("/v1/notification-preferences", json=chosen, headers=headers)
    assert answer.status_code == 200, answer.text
    await post.hear(told(agent, "mentioned"))
    await post.compose()
    await post.send_mails()
    assert len((await post.get(agent, "/v1/inbox-messages")).json()["items"]) == 1
    assert post.sink.mails() == []


async def test_who_is_agent_and_citizen_reads_of_each_with_its_own_token_alone(post: Post) -> None:
    agent = known(post)
    citizen = post.service.citizen(sub=agent.subject)
    await post.told(citizen)
    await post.hear(told(agent, "mentioned"))
    await post.compose()
    found: dict[str, dict[str, Any]] = {}
    for caller, template in ((agent, "agent-mentioned"), (citizen, "request-submitted")):
        (found[template],) = (await post.get(caller, "/v1/inbox-messages?count=exact&unread=true")).json()["items"]
        assert found[template]["template"] == template
        assert (await post.get(caller, "/v1/inbox")).json()["unread_count"] == 1
    for caller, theirs in ((citizen, "agent-mentioned"), (agent, "request-submitted")):
        path = f"/v1/inbox-messages/{found[theirs]['id']}"
        assert [(await post.get(caller, each)).status_code for each in (path, f"{path}/deliveries")] == [404, 404]


def due(agent: Caller, number: int, day: int | None = None, **changes: Any) -> Event:
    """What is due soon, told of a request of its own."""
    ends = (datetime(2030, 12, 1, tzinfo=UTC) + timedelta(days=number if day is None else day)).isoformat()
    changes = {"request_id": str(uuid4()), "reference": f"R-2026-7KQ4-X{number:02d}", "ends_at": ends} | changes
    return told(agent, "alerted", **changes)


async def test_many_that_are_due_soon_are_one_message_the_most_urgent_first(post: Post) -> None:
    agent, other = known(post), known(post)
    for number in reversed(range(25)):
        await post.hear(due(agent, number))
    await post.hear(due(agent, 30, day=-3, alert="appeal-due-soon"))
    await post.hear(due(agent, 31, day=-2, alert="documents-missed"))
    await post.hear(due(other, 40))
    await post.hear(told(agent, "mentioned"))
    await post.compose()
    await post.send_mails(work_queue_url="https://bo.example/queue")
    assert await post.rows("notice") == []
    items = (await post.get(agent, "/v1/inbox-messages")).json()["items"]
    assert sorted(item["template"] for item in items) == ["agent-mentioned", "agent-work-due"]
    (bundle,) = [item for item in items if item["template"] == "agent-work-due"]
    assert "27 dossiers" in bundle["subject"]
    (one,) = (await post.get(other, "/v1/inbox-messages")).json()["items"]
    assert one["template"] == "agent-request-due-soon"
    (mail,) = [form(each, "plain") for each in post.sink.mails() if "27 dossiers" in str(each["Subject"])]
    said = mail.replace("\N{NO-BREAK SPACE}", " ")
    named = [line[:15] for line in said.splitlines() if line.startswith("R-2026")]
    assert named == [f"R-2026-7KQ4-X{number:02d}" for number in (30, 31, *range(18))]
    assert "R-2026-7KQ4-X30 : contestation, 28 novembre 2030" in said
    assert "Et 7 autres" in said


async def gathered(post: Post, *happened: Event) -> None:
    """As the worker hears them."""
    hearing = people.handlers(post.service.runtime.persons, Windows(timedelta(minutes=10), timedelta(minutes=15)))
    for each in happened:
        async with post.service.runtime.database.unit_of_work() as uow:
            await hearing[each.type](each, uow.session)
            await uow.commit()


async def test_what_is_gathered_waits_for_the_others_and_holds_up_nothing_else(post: Post) -> None:
    agent, citizen, request = known(post), post.person("lea@example.org"), str(uuid4())
    for happened in (due(agent, 1, request_id=request), due(agent, 2)):
        await gathered(post, happened)
    # Of the same request, and later than the alert.
    await post.told(citizen, "taken", request_id=request, sequence=2)
    assert [row["template"] for row in await post.rows("message")] == ["request-taken"]
    await post.pool.execute("UPDATE notice SET due_at = now() WHERE reference LIKE '%X01'")
    await post.compose()
    assert [row["template"] for row in await post.rows("message")] == ["request-taken", "agent-work-due"]
    assert await post.rows("notice") == []


async def test_two_who_compose_at_once_and_a_kill_in_between_tell_each_once(post: Post) -> None:
    agent = known(post)
    post.owners.down = True
    for number in range(40):
        await post.hear(due(agent, number))
    await post.compose()
    assert len(await post.rows("notice")) == 40
    post.owners.down = False
    await post.due_now("notice")
    await asyncio.gather(*(post.compose() for _ in range(3)))
    assert await post.rows("notice") == []
    (message,) = (await post.get(agent, "/v1/inbox-messages")).json()["items"]
    assert "40 dossiers" in message["subject"]


def came(agent: Caller, number: int, name: str = "alerted", **changes: Any) -> Event:
    """A message or documents that came to a request, or a note that names the agent."""
    more = {"alert": "supplemented", "ends_at": None} if name == "alerted" else {}
    about = {"request_id": str(uuid4()), "reference": f"R-2026-7KQ4-X{number:02d}"}
    return told(agent, name, **(about | more | changes))


async def templates(post: Post) -> list[str]:
    return [row["template"] for row in await post.rows("message")]


async def test_the_first_mention_is_told_at_once_and_what_follows_together(post: Post) -> None:
    agent, other = known(post), known(post)
    await gathered(post, came(agent, 0, "mentioned"))
    await post.compose()
    assert await templates(post) == ["agent-mentioned"]
    await gathered(post, *(came(agent, number) for number in range(22)), came(agent, 21), came(agent, 22, "mentioned"))
    await gathered(post, came(other, 40, "mentioned"), due(agent, 30), told(agent, "alerted", alert="appealed"))
    await post.compose()
    # Neither those of another agent, nor other things that the same one is told, wait for it.
    assert sorted(await templates(post)) == ["agent-appealed", "agent-mentioned", "agent-mentioned"]
    assert len(await post.rows("notice")) == 25
    ((waits, until),) = await post.pool.fetch(
        "SELECT DISTINCT n.due_at, m.created_at + interval '15 minutes' FROM notice n, message m"
        " WHERE m.person = n.person AND m.template = 'agent-mentioned' AND n.template <> 'agent-request-due-soon'"
    )
    assert abs(waits - until) < timedelta(seconds=1)
    await post.pool.execute("UPDATE notice SET due_at = now() WHERE reference LIKE '%X07'")
    await post.compose()
    await post.send_mails(work_queue_url="https://bo.example/queue")
    assert (await templates(post))[-1] == "agent-work-news"
    assert [row["template"] for row in await post.rows("notice")] == ["agent-request-due-soon"]
    (mail,) = [form(each, "plain") for each in post.sink.mails() if "23 dossiers" in str(each["Subject"])]
    said = mail.replace("\N{NO-BREAK SPACE}", " ")
    named = [line for line in said.splitlines() if line.startswith("R-2026")]
    assert [line[13:15] for line in named] == ["22", *(f"{number:02d}" for number in range(19))]
    assert [line[15:] for line in named[:2]] == [" : une note vous cite", " : un message ou des pièces reçus"]
    assert "Et 3 autres" in said
    assert "/v1/work-queue?" in said


async def test_what_came_twice_to_one_request_is_one_message_about_it(post: Post) -> None:
    agent = known(post)
    for _ in range(3):
        await post.hear(came(agent, 1))
    await post.compose()
    assert await templates(post) == ["agent-request-supplemented"]
    assert await post.rows("notice") == []
    await post.hear(came(agent, 1))
    await post.hear(came(agent, 1))
    await post.hear(came(agent, 1, "mentioned"))
    await post.compose()
    message, _ = (await post.get(agent, "/v1/inbox-messages")).json()["items"]
    assert message["template"] == "agent-work-news"
    assert message["subject"] == "Du nouveau dans un dossier"
    assert "une note vous cite, 2 envois reçus (messages ou pièces)" in message["body"]


async def test_what_was_merged_and_parted_is_told_with_what_else_came(post: Post) -> None:
    agent = known(post)
    await gathered(post, came(agent, 0))
    await post.compose()
    await gathered(post, came(agent, 1, alert="merged"), came(agent, 1, alert="parted"), came(agent, 2, alert="merged"))
    await gathered(post, *(came(agent, number, alert="author-erased") for number in (3, 4, 4)))
    await post.compose()
    assert await templates(post) == ["agent-request-supplemented"]
    await post.due_now("notice")
    await post.compose()
    message = (await post.get(agent, "/v1/inbox-messages")).json()["items"][0]
    assert message["template"] == "agent-work-news"
    said = [line.partition("\N{NO-BREAK SPACE}: ")[2] for line in message["body"].splitlines() if "R-2026" in line]
    assert said == [
        "rattachée à une autre demande, suivie de nouveau à part",
        "rattachée à une autre demande",
        "contestation ouverte, compte de l’auteur effacé",
        "2 contestations ouvertes, compte de l’auteur effacé",
    ]


async def test_who_was_told_as_the_account_that_went_into_theirs_is_not_told_again_at_once(post: Post) -> None:
    former, agent = known(post), known(post)
    await gathered(post, came(former, 1, "mentioned"))
    await post.compose()
    await post.hear(merged(former, agent))
    await gathered(post, came(former, 2, "mentioned"), came(agent, 3))
    await post.compose()
    assert await templates(post) == ["agent-mentioned"]
    await post.due_now("notice")
    await post.compose()
    assert await templates(post) == ["agent-mentioned", "agent-work-news"]
    assert await post.rows("notice") == []
