# SPDX-License-Identifier: EUPL-1.2
"""Open petitions are reported and moderated as comments are."""

import json
from datetime import UTC, datetime, timedelta

from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town
from petition_town import LIST, act, admitted, shown, sign, submit, take_back, threshold, withdraw
from proposal_town import verified

from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.forget_petitions import forget_petitions

SAID = "Un passage piéton\n\nDevant l'école."
ANSWER = {"text": {"fr": "Oui.", "en": "Yes."}}


async def look(town: Town, later: timedelta = timedelta()) -> None:
    """What the worker does, that much later."""
    await keep_petitions(town.service.runtime.database, datetime.now(UTC) + later)


async def test_a_removed_petition_has_no_words_and_takes_no_signature_until_it_is_given_back(
    moderating: ModerationTown, town: Town
) -> None:
    author, agent, signer = town.service.citizen(), town.service.agent(), verified(town)
    petition = await admitted(town, author, thresholds=[threshold(9)])
    assert (await sign(town, signer, petition, shown=True)).status_code == 200
    case = await moderating.opened(petition, kind="petition")
    whole = await moderating.read(agent, case)
    assert (whole["kind"], whole["content_id"], whole["snapshot"], whole["text"]) == (
        "petition", petition["id"], SAID, SAID,
    )  # fmt: skip
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201

    gone = await shown(town, petition)
    assert [gone[name] for name in ("state", "title", "description", "signatures")] == ["removed", None, None, 1]
    assert (await town.client.get(LIST)).json()["items"] == []
    assert (await town.client.get(f"{LIST}/{petition['id']}/signatures")).json()["items"] == []
    own = await town.client.get("/v1/own-petitions", headers=author.headers)
    assert [(each["state"], each["title"]) for each in own.json()["items"]] == [("removed", None)]
    refused = [
        await sign(town, verified(town), petition),
        await take_back(town, signer, petition),
        await withdraw(town, author, gone),
        await act(town, agent, gone, "answers", ANSWER),
        await moderating.report(town.service.citizen(), petition, kind="petition"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "petition-state")] * 5
    (told,) = await moderating.told(author)
    assert (told["mine"], told["kind"], told["snapshot"]) == (True, "petition", SAID)
    counted = (await town.client.get("/v1/collectivities/paris/petition-figures")).json()
    assert (counted["open"], counted["removed"]) == (0, 1)
    figures = await moderating.figures()
    assert (figures["cases_by_kind"], figures["removed_by_kind"]) == ({"petition": 1}, {"petition": 1})

    await moderating.reversed(author, case, KEEP)
    back = await shown(town, petition)
    assert (back["state"], back["title"], back["signatures"]) == ("open", "Un passage piéton", 1)
    assert len((await town.client.get(f"{LIST}/{petition['id']}/signatures")).json()["items"]) == 1
    assert (await sign(town, verified(town), petition)).json()["signatures"] == 2
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%moderation-decided%' ORDER BY sequence"
    )
    events = [json.loads(row["data"]) for row in rows]
    assert [(each["kind"], each["content_id"], each["outcome"]) for each in events] == [
        ("petition", petition["id"], "removed"), ("petition", petition["id"], "kept"),
    ]  # fmt: skip


async def test_what_a_petition_says_has_one_case_whatever_threshold_it_has_reached_since(
    moderating: ModerationTown, town: Town
) -> None:
    author, reporter = town.service.citizen(), town.service.citizen()
    petition = await admitted(town, author, thresholds=[threshold(1)])
    assert (await moderating.report(reporter, petition, kind="petition")).status_code == 201
    await sign(town, verified(town), petition)
    await look(town)
    assert (await shown(town, petition))["version"] > petition["version"]
    assert (await moderating.report(reporter, petition, kind="petition")).json()["code"] == "already-reported"
    assert (await moderating.report(town.service.citizen(), petition, kind="petition")).status_code == 201
    assert (await moderating.report(author, petition, kind="petition")).json()["code"] == "conflict"
    assert (await moderating.report(town.service.citizen("lutece"), petition, kind="petition")).status_code == 404
    (case,) = await moderating.cases(town.service.agent())
    assert len((await moderating.read(town.service.agent(), case))["reports"]) == 2


async def test_a_petition_is_reported_only_once_everybody_reads_it(moderating: ModerationTown, town: Town) -> None:
    author = town.service.citizen()
    waiting = (await submit(town, author)).json()
    assert (await moderating.report(town.service.citizen(), waiting, kind="petition")).status_code == 404
    assert (await withdraw(town, author, waiting)).status_code == 204
    gone = await moderating.report(town.service.citizen(), waiting, kind="petition")
    assert (gone.status_code, gone.json()["code"]) == (409, "petition-state")


async def test_a_petition_given_back_is_closed_where_it_was_and_where_its_time_has_passed_since(
    moderating: ModerationTown, town: Town
) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    over, running = await admitted(town, author), await admitted(town, author)
    await town.service.runtime.database.pool.execute(
        "UPDATE petition SET closes_at = now() - interval '1 hour' WHERE id = $1", over["id"]
    )
    await look(town)
    cases = [await moderating.opened(petition, kind="petition") for petition in (over, running)]
    for case in cases:
        assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    await look(town, timedelta(days=40))
    assert [(await shown(town, each))["state"] for each in (over, running)] == ["removed", "removed"]
    for case in cases:
        await moderating.reversed(author, case, KEEP)
    assert [(await shown(town, each))["state"] for each in (over, running)] == ["closed", "open"]
    await look(town, timedelta(days=40))
    assert (await shown(town, running))["state"] == "closed"


async def test_who_signed_a_removed_petition_is_forgotten_once_nobody_can_contest_it_and_their_number_stays(
    moderating: ModerationTown, town: Town
) -> None:
    author, agent, now = town.service.citizen(), town.service.agent(), datetime.now(UTC)
    petition = await admitted(town, author)
    await sign(town, verified(town), petition)
    case = await moderating.opened(petition, kind="petition")
    await moderating.decide(agent, case, REMOVE)
    database = town.service.runtime.database
    assert await forget_petitions(database, 30, now + timedelta(days=100)) == 0
    assert (await moderating.contest(author, case)).status_code == 201
    assert await forget_petitions(database, 30, now + timedelta(days=400)) == 0, "another moderator decides first"
    (contested,) = await moderating.cases(agent, "?state=appealed")
    assert (await moderating.decide(town.service.agent(), contested, REMOVE)).status_code == 201
    assert await forget_petitions(database, 30, now + timedelta(days=400)) == 1
    assert await town.count("petition_signature") == 0
    assert (await shown(town, petition))["signatures"] == 1
