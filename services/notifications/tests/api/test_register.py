# SPDX-License-Identifier: EUPL-1.2
"""The register of people who may need help: sealed, alerted, each look at it kept, gone when they wish."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import EMERGENCY, HALL, STATION, Town, place

from parvis_notifications.api import register
from parvis_notifications.service import keep_register

PATH = "/v1/register-entries"


def entry(position: list[float] = HALL, **changes: Any) -> dict[str, Any]:
    return {
        "ground": "age",
        "requested_by": "self",
        "given_names": "Odette",
        "family_name": "ROUX",
        "birth_on": "1938-04-02",
        "address": "1 rue de Rivoli",
        "email": "odette@example.org",
        "needs": "Oxygène à domicile",
        "position": {"type": "Point", "coordinates": position},
        "words": "J'accepte d'être inscrite.",
        **changes,
    }


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def enter(alerts: Alerts, **changes: Any) -> str:
    headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
    answer = await alerts.town.client.post(PATH, json=entry(**changes), headers=headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made: str = answer.json()["id"]
    return made


async def test_who_is_entered_is_sealed_and_alerted_where_they_live(alerts: Alerts) -> None:
    made = await enter(alerts)
    far = await enter(alerts, position=STATION, email="far@example.org")
    silent = await enter(alerts, email=None)
    (row,) = await alerts.town.post.pool.fetch("SELECT content FROM register_entry WHERE id = $1", made)
    assert b"Odette" not in row["content"]
    alert = (await alerts.draft()).json()["id"]
    coverage = await alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (coverage["people"], coverage["email"], coverage["unreachable"]) == (2, 1, 1)
    await alerts.move(alerts.second, alert, "approve")
    await alerts.town.send()
    assert alerts.town.told() == ["odette@example.org"]
    await alerts.town.client.post(alerts.link(), data={"answer": "help"})
    found = (await alerts.read(f"/v1/alerts/{alert}/register-entries"))["items"]
    assert {each["entry"]["id"]: each["answer"] for each in found} == {made: "help", silent: None}
    last = max(each["recipient"] for each in found)
    assert (await alerts.read(f"/v1/alerts/{alert}/register-entries?after={last}"))["items"] == []
    assert far not in {each["entry"]["id"] for each in found}
    await alerts.town.post.pool.execute("UPDATE recipient SET helped_at = now() WHERE answer = 'help'")
    for helped, who in (("true", made), ("false", silent)):
        path = f"/v1/alerts/{alert}/register-entries?helped={helped}"
        (listed,) = (await alerts.read(path))["items"]
        assert (listed["entry"]["id"], listed["helped_at"] is not None) == (who, helped == "true")
    (answer,) = (await alerts.read(f"/v1/alerts/{alert}/answers"))["items"]
    assert answer["registered"] is True


async def test_each_look_is_kept_and_who_is_taken_out_is_unreadable(alerts: Alerts) -> None:
    made = await enter(alerts)
    read = await alerts.read(f"{PATH}/{made}")
    assert (read["content"]["needs"], "position" in read["content"]) == ("Oxygène à domicile", False)
    assert [each["id"] for each in (await alerts.read(PATH))["items"]] == [made]
    headers = alerts.author.headers | {"If-Match": '"1"'}
    elsewhere = alerts.town.post.service.agent("lutece")
    assert (await alerts.town.post.get(elsewhere, f"{PATH}/{made}")).status_code == 404
    stale = await alerts.town.client.delete(f"{PATH}/{made}", headers=headers | {"If-Match": '"2"'})
    assert stale.status_code == 412
    assert (await alerts.town.client.delete(f"{PATH}/{made}", headers=headers)).status_code == 204
    assert (await alerts.town.post.get(alerts.author, f"{PATH}/{made}")).status_code == 404
    assert await alerts.town.post.pool.fetch("SELECT 1 FROM place") == []
    assert await alerts.town.post.service.runtime.persons.of_many({UUID(made)}) == {}
    seen = (await alerts.read("/v1/register-accesses"))["items"]
    assert sorted(each["act"] for each in seen) == ["enter", "list", "read", "take-out"]
    assert (await alerts.read("/v1/register-accesses", elsewhere))["items"] == []


async def test_the_register_is_for_agents_with_its_own_rights(alerts: Alerts) -> None:
    made = await enter(alerts)
    other = alerts.town.post.service.agent(scope="notifications.alerts.read notifications.alerts.write")
    for path in (PATH, f"{PATH}/{made}", "/v1/register-accesses"):
        assert (await alerts.town.post.get(other, path)).status_code == 403
        assert (await alerts.town.post.get(alerts.town.post.person(), path)).status_code == 403


async def test_of_the_register_nothing_but_the_answer_is_for_who_may_not_read_it(alerts: Alerts) -> None:
    await enter(alerts)
    alert = await alerts.issue()
    await alerts.town.send()
    await alerts.town.client.post(alerts.link(), data={"answer": "help"})
    other = alerts.town.post.service.agent(scope="notifications.alerts.read")
    (item,) = (await alerts.read(f"/v1/alerts/{alert}/answers", other))["items"]
    assert (item["email"], item["phone"], item["places"], item["registered"]) == (None, None, [], True)
    assert (await alerts.read(f"/v1/alerts/{alert}/answers"))["items"][0]["email"] == "odette@example.org"


@pytest.mark.parametrize("registered_first", [True, False])
async def test_who_has_an_account_too_is_asked_as_the_register_has_them(alerts: Alerts, registered_first: bool) -> None:
    if registered_first:
        await enter(alerts)
    reader = await alerts.live("odette@example.org", consents=[EMERGENCY], places=[place(HALL)])
    if not registered_first:
        await enter(alerts)
    alert = await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == ["odette@example.org"]
    await alerts.town.client.post(alerts.link(), data={"answer": "help"})
    path = f"/v1/alerts/{alert}/register-entries"
    assert [each["answer"] for each in (await alerts.read(path))["items"]] == ["help"]
    await alerts.town.post.pool.execute("UPDATE recipient SET answer = NULL, answered_at = NULL")
    signed_in = f"/v1/received-alerts/{alert}/answers"
    await alerts.town.client.post(signed_in, json={"answer": "safe"}, headers=reader.headers)
    assert [each["answer"] for each in (await alerts.read(path))["items"]] == ["safe"], "nobody calls in vain"


@pytest.mark.parametrize("mark", ["email_mark", "phone_mark", "line_mark"])
async def test_who_was_helped_by_another_address_of_the_same_home_is_called_on_once(alerts: Alerts, mark: str) -> None:
    made, pool = await enter(alerts), alerts.town.post.pool
    await alerts.live("anna@example.org", consents=[EMERGENCY], places=[place(HALL)])
    for name in ("email_mark", "phone_mark", "line_mark"):
        await pool.execute(f"UPDATE subscriber SET {name} = NULL")
    alert = await alerts.issue()
    await alerts.town.send()
    await pool.execute(f"UPDATE subscriber SET {mark} = 'the same'")
    path = f"/v1/alerts/{alert}/register-entries"

    async def said(who: str, **values: str) -> None:
        changed = ", ".join(f"{name} = {value}" for name, value in values.items())
        await pool.execute(f"UPDATE recipient SET {changed} WHERE (subscriber_id = '{made}') IS {who}")

    async def listed() -> list[tuple[str, bool]]:
        found = (await alerts.read(path))["items"]
        for helped in (True, False):
            alone = (await alerts.read(f"{path}?helped={str(helped).lower()}"))["items"]
            assert alone == [each for each in found if (each["helped_at"] is not None) == helped]
        return [(each["answer"], each["helped_at"] is not None) for each in found]

    await said("FALSE", answer="'help'", answered_at="now()")
    assert await listed() == [("help", False)]
    # What the register's list says is enough to say that they were helped.
    (seen,) = (await alerts.read(path))["items"]
    marked = await alerts.town.client.post(
        f"/v1/alerts/{alert}/answers/{seen['answered_by']}/transitions",
        json={"action": "helped", "answered_at": seen["answered_at"]},
        headers=alerts.author.headers,
    )
    assert marked.status_code == 200
    assert await listed() == [("help", True)]
    await said("TRUE", answer="'help'", answered_at="now()")
    assert await listed() == [("help", False)], "they asked since"
    await said("TRUE", answered_at="now() - interval '1 hour'")
    assert await listed() == [("help", True)]


async def test_an_address_that_is_none_is_refused_and_a_fixed_line_takes_no_texts(alerts: Alerts) -> None:
    for name, wrong in (("email", "odette,roux@example.org"), ("phone", "+3310000000")):
        headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
        refused = await alerts.town.client.post(PATH, json=entry() | {name: wrong}, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{name}")
    fixed = await enter(alerts, email=None, phone="+33199000001")
    mobile = await enter(alerts, email=None, phone="+33612345678")
    assert [(await alerts.read(f"{PATH}/{each}"))["texted"] for each in (fixed, mobile)] == [False, True]
    alert = (await alerts.draft(channels=["sms"])).json()["id"]
    coverage = await alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (coverage["people"], coverage["sms"], coverage["unreachable"]) == (2, 1, 1)


async def test_who_has_no_address_by_the_alerts_channels_is_counted_as_not_reached(alerts: Alerts) -> None:
    await enter(alerts, phone=None)
    await enter(alerts, email=None, phone="+33612345678")
    for channels, found in ((["sms"], (2, 0, 1, 1)), (["email"], (2, 1, 0, 1)), (["sms", "email"], (2, 1, 1, 0))):
        alert = (await alerts.draft(channels=channels)).json()["id"]
        coverage = await alerts.read(f"/v1/alerts/{alert}/coverage")
        assert tuple(coverage[each] for each in ("people", "email", "sms", "unreachable")) == found, channels


async def test_a_number_of_no_country_that_was_let_in_before_hides_no_entry(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(register, "normal_of", lambda _channel, given: given)
        before.setattr(keep_register, "takes_texts", lambda _number: True)
        made = await enter(alerts, phone="+999123456", email=None)
    assert (await alerts.read(f"{PATH}/{made}"))["texted"] is False


async def test_whom_no_channel_reached_is_listed_alone_for_who_knocks(alerts: Alerts) -> None:
    pool = alerts.town.post.pool
    taken, refused, unknown, without, waiting, heard = [
        await enter(alerts, email=f"p{number}@example.org")
        if number != 3
        else await enter(alerts, email=None, phone=None)
        for number in range(6)
    ]
    alert = await alerts.issue()
    await alerts.town.send()
    path = f"/v1/alerts/{alert}/register-entries"
    state = (
        "UPDATE broadcast_delivery SET state = $2 WHERE recipient = ("
        "SELECT number FROM recipient WHERE subscriber_id = $1)"
    )
    for each, became in ((refused, "failed"), (unknown, "unknown"), (waiting, "retry"), (heard, "bounced")):
        await pool.execute(state, each, became)
    await pool.execute("UPDATE recipient SET acknowledged_at = now() WHERE subscriber_id = $1", heard)
    wanted = {
        "reached": {taken, heard},
        "under-way": {waiting},
        "unreached": {refused, unknown, without},
    }
    for reach, entries in wanted.items():
        found = (await alerts.read(f"{path}?reach={reach}"))["items"]
        assert {each["entry"]["id"] for each in found} == entries
        assert {each["reach"] for each in found} == {reach}
    assert len((await alerts.read(path))["items"]) == 6
    assert (await alerts.town.post.get(alerts.author, f"{path}?reach=nobody")).status_code == 422
