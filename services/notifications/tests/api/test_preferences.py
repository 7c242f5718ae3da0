# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from notifications_post import Post

from parvis_testing import Caller

PATH = "/v1/notification-preferences"
_REQUESTS = {"topic": "requests", "channels": ["email"], "mode": "all", "digest": None}
_BY_MAIL = [_REQUESTS | {"topic": topic} for topic in ("appointments", "participation", "work")]
USUAL = {"language": None, "quiet_hours": None, "digest_time": None, "topics": [_REQUESTS, *_BY_MAIL]}
INBOX_ALONE = USUAL | {"topics": [_REQUESTS | {"channels": []}, *_BY_MAIL]}


async def choose(post: Post, reader: Caller, body: dict[str, Any], tag: str = '"0"') -> httpx.Response:
    return await post.client.put(PATH, json=body, headers=reader.headers | {"If-Match": tag})


async def explained(post: Post, reader: Caller, **headers: str) -> dict[str, Any]:
    """Of the newest message."""
    newest = (await post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]
    answer = await post.get(reader, f"/v1/inbox-messages/{newest['id']}/deliveries", **headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    (item,) = answer.json()["items"]
    return dict(item)


def around_now() -> dict[str, str]:
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
    return {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "UTC"}


async def test_who_never_chose_sees_the_usual_and_chooses_from_there(post: Post) -> None:
    reader = post.person()
    first = await post.get(reader, PATH)
    assert (first.status_code, first.headers["etag"], first.json()) == (200, '"0"', USUAL)
    quiet = {"begins": "22:00", "ends": "07:30", "time_zone": "Europe/Paris"}
    gathered = {"at": "18:30", "weekday": "friday", "time_zone": "Europe/Paris"}
    topics = [_REQUESTS | {"digest": "weekly"}, *_BY_MAIL]
    wanted = {"language": "en", "quiet_hours": quiet, "digest_time": gathered, "topics": topics}
    chosen = await choose(post, reader, wanted)
    assert (chosen.status_code, chosen.headers["etag"], chosen.json()) == (200, '"1"', wanted)
    again = await post.get(reader, PATH)
    assert (again.headers["etag"], again.json()) == ('"1"', wanted)
    same = await post.get(reader, PATH, **{"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")


async def test_of_two_who_choose_at_once_the_second_reads_again(post: Post) -> None:
    reader = post.person()
    assert (await choose(post, reader, INBOX_ALONE)).status_code == 200
    for tag in ('"0"', '"7"'):
        assert (await choose(post, reader, USUAL, tag)).status_code == 412
    assert (await post.get(reader, PATH)).json() == INBOX_ALONE
    assert (await choose(post, reader, USUAL, '"1"')).headers["etag"] == '"2"'
    missing = await post.client.put(PATH, json=USUAL, headers=reader.headers)
    assert missing.status_code == 428


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quiet_hours": {"begins": "7:00", "ends": "08:00", "time_zone": "UTC"}}, "/quiet_hours/begins"),
        ({"quiet_hours": {"begins": "07:00", "ends": "24:00", "time_zone": "UTC"}}, "/quiet_hours/ends"),
        ({"quiet_hours": {"begins": "07:00", "ends": "07:00", "time_zone": "UTC"}}, "/quiet_hours/ends"),
        ({"quiet_hours": {"begins": "07:00", "ends": "08:00", "time_zone": "Paris"}}, "/quiet_hours/time_zone"),
        ({"topics": [{"topic": "weather", "channels": []}]}, "/topics/0/topic"),
        ({"topics": [{"topic": "requests", "channels": ["telegraph"]}]}, "/topics/0/channels/0"),
        ({"topics": [{"topic": "requests", "channels": []}] * 2}, "/topics"),
        ({"topics": [{"topic": "requests", "channels": ["email", "email"]}]}, "/topics"),
        ({"language": "de"}, "/language"),
        ({"mood": "good"}, "/mood"),
    ],
)
async def test_what_cannot_be_chosen_is_refused_where_it_stands(
    post: Post, change: dict[str, Any], pointer: str
) -> None:
    reader = post.person()
    refused = await choose(post, reader, USUAL | change)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert (await post.get(reader, PATH)).headers["etag"] == '"0"'


async def test_a_topic_without_channels_goes_to_the_inbox_alone_and_one_call_tells_why(post: Post) -> None:
    reader = post.person()
    await choose(post, reader, INBOX_ALONE)
    await post.told(reader, "taken")
    await post.send_mails()
    assert post.sink.taken == []
    item = await explained(post, reader)
    assert (item["channel"], item["outcome"], item["reason"]) == ("email", "withheld", "not-chosen")
    assert item["explanation"] == "Vous n'avez pas retenu ce canal pour ce sujet."
    assert (item["state"], item["attempts"], item["legal_basis"]) == (None, 0, None)
    english = await explained(post, reader, **{"Accept-Language": "en"})
    assert english["explanation"] == "You left this channel out for this topic."


async def test_the_language_chosen_goes_before_that_of_the_account(post: Post) -> None:
    reader = post.person(language="fr")
    await choose(post, reader, USUAL | {"language": "en"})
    await post.told(reader, "taken")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Content-Language"] == "en"
    assert (await explained(post, reader))["reason"] == "chosen"


async def test_in_quiet_hours_a_mail_waits_for_their_end_and_then_goes(post: Post) -> None:
    reader = post.person()
    await choose(post, reader, USUAL | {"quiet_hours": around_now()})
    await post.told(reader, "taken")
    await post.send_mails()
    assert post.sink.taken == []
    item = await explained(post, reader)
    assert (item["outcome"], item["reason"], item["state"]) == ("deferred", "quiet-hours", "pending")
    assert item["next_attempt_at"] == item["not_before_at"]
    wait = datetime.fromisoformat(item["not_before_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < wait <= timedelta(hours=1)
    await post.due_now("delivery")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Date"].datetime == datetime.fromisoformat(item["not_before_at"]).replace(microsecond=0)
    item = await explained(post, reader)
    assert (item["state"], item["finality"], item["last_reply"]) == ("sent", "open", "250 2.0.0")
    assert [(each["provider"], each["outcome"]) for each in item["attempt_log"]] == [("smtp", "accepted")]
    assert item["sent_at"] is not None
    assert item["next_attempt_at"] is None


async def test_days_of_retries_count_from_when_a_mail_could_first_go(post: Post) -> None:
    reader = post.person()
    await choose(post, reader, USUAL | {"quiet_hours": around_now()})
    await post.told(reader, "taken")
    await post.pool.execute(
        "UPDATE delivery SET created_at = now() - interval '73 hours', due_at = now(),"
        " not_before_at = now() - interval '71 hours'"
    )
    post.sink.recipient_replies = ["451 4.7.1 greylisted"]
    await post.send_mails()
    assert (await explained(post, reader))["state"] == "retry"


async def test_what_the_law_has_sent_goes_at_once_and_says_so(post: Post) -> None:
    reader = post.person()
    await choose(post, reader, INBOX_ALONE | {"quiet_hours": around_now()})
    await post.told(reader, "submitted")
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert "L. 112-11" in str(mail.get_body(["plain"]))
    item = await explained(post, reader)
    assert (item["outcome"], item["reason"], item["legal_basis"]) == ("sent", "legal-notice", "crpa-l112-11")


async def test_without_an_address_nothing_goes_and_that_is_told(post: Post) -> None:
    reader = post.person(None)
    await post.told(reader, "submitted")
    item = await explained(post, reader)
    assert (item["outcome"], item["reason"], item["state"]) == ("withheld", "no-address", None)


async def test_choices_and_reasons_are_those_of_one_citizen_in_one_collectivity(post: Post) -> None:
    reader = post.person()
    await choose(post, reader, INBOX_ALONE)
    await post.told(reader)
    message = (await post.get(reader, "/v1/inbox-messages")).json()["items"][0]
    elsewhere = post.service.citizen("lutece", sub=reader.subject)
    for caller in (elsewhere, post.service.citizen()):
        assert (await post.get(caller, PATH)).json() == USUAL
        assert (await post.get(caller, f"/v1/inbox-messages/{message['id']}/deliveries")).status_code == 404
    assert (await choose(post, elsewhere, USUAL)).headers["etag"] == '"1"'
    assert (await post.get(reader, PATH)).json() == INBOX_ALONE
    assert (await post.get(post.service.system(), PATH)).status_code == 403
    assert (await choose(post, post.service.system(), USUAL)).status_code == 403


async def test_an_order_is_kept_with_how_it_is_used_and_each_change_of_either_is_told(post: Post) -> None:
    reader = post.person()
    wanted = [(["sms", "email"], "first"), (["email", "sms"], "first"), (["email", "sms"], "all")]
    for version, (channels, mode) in enumerate(wanted):
        topics = [_REQUESTS | {"channels": channels, "mode": mode}, *_BY_MAIL]
        assert (await choose(post, reader, USUAL | {"topics": topics}, f'"{version}"')).json()["topics"] == topics
        assert (await post.get(reader, PATH)).json()["topics"] == topics
    assert (await choose(post, reader, USUAL | {"topics": topics}, '"3"')).status_code == 200
    told = (await post.get(reader, "/v1/notification-preference-changes")).json()["items"]
    assert [(each["channels"], each["mode"]) for each in reversed(told)] == wanted
