# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from merged_accounts import hear, merged
from participation_town import Town
from petition_town import (
    LIST,
    TEXT,
    act,
    admitted,
    decide,
    edit,
    shown,
    sign,
    submit,
    take_back,
    threshold,
    told,
    withdraw,
)
from proposal_town import verified
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import PARIS
from parvis_participation.db import petitions
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.forget_petitions import forget_petitions


async def look(town: Town, later: timedelta = timedelta(0)) -> None:
    """What the worker does, that much later."""
    await keep_petitions(town.service.runtime.database, datetime.now(UTC) + later)


async def test_nobody_else_reads_a_petition_until_it_is_admitted_and_then_it_changes_no_more(town: Town) -> None:
    ada, agent = town.service.citizen(), town.service.agent()
    made = await submit(town, ada)
    petition = made.json()
    assert (made.status_code, petition["state"]) == (201, "submitted")
    assert (await town.client.get(f"{LIST}/{petition['id']}")).status_code == 404
    assert (await sign(town, verified(town), petition)).status_code == 404
    waiting = await town.client.get("/v1/petitions?state=submitted", headers=agent.headers)
    assert [each["id"] for each in waiting.json()["items"]] == [petition["id"]]
    changed = await edit(town, ada, petition)
    assert (changed.status_code, changed.json()["title"]) == (200, "Deux passages piétons")
    assert (await decide(town, agent, petition)).status_code == 412
    assert (await decide(town, agent, changed.json())).status_code == 201
    public = await shown(town, petition)
    assert (public["title"], public["state"], public["signatures"]) == ("Deux passages piétons", "open", 0)
    assert ada.subject not in json.dumps(public)
    late = await edit(town, ada, public)
    assert (late.status_code, late.json()["code"]) == (409, "petition-state")
    assert (await decide(town, agent, public)).json()["code"] == "petition-state"
    assert [each["id"] for each in (await town.client.get(LIST)).json()["items"]] == [petition["id"]]


async def test_a_refusal_has_reasons_that_its_author_reads(town: Town) -> None:
    ada, agent = town.service.citizen(), town.service.agent()
    petition = (await submit(town, ada)).json()
    bare: dict[str, Any] = {"outcome": "refused", "thresholds": [], "closes_at": None}
    assert (await act(town, agent, petition, "decisions", bare)).json()["errors"][0]["pointer"] == "/reasons"
    refused = await act(town, agent, petition, "decisions", bare | {"reasons": {"fr": "Non.", "en": "No."}})
    assert (refused.status_code, refused.json()["state"]) == (201, "refused")
    own = (await town.client.get("/v1/own-petitions", headers=ada.headers)).json()["items"]
    assert [(each["state"], each["reasons"]) for each in own] == [("refused", "Non.")]
    assert (await town.client.get(f"{LIST}/{petition['id']}")).status_code == 404
    assert (await town.client.get("/v1/own-petitions", headers=town.service.citizen().headers)).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"thresholds": []}, "/thresholds"),
        ({"thresholds": [threshold(5), threshold(5)]}, "/thresholds"),
        ({"thresholds": [threshold(5), threshold(4)]}, "/thresholds"),
        ({"closes_at": None}, "/closes_at"),
        ({"closes_at": "2020-01-01T00:00:00Z"}, "/closes_at"),
    ],
)
async def test_an_admitted_petition_has_thresholds_that_grow_and_a_close(
    town: Town, changes: dict[str, Any], pointer: str
) -> None:
    petition = (await submit(town, town.service.citizen())).json()
    refused = await decide(town, town.service.agent(), petition, **changes)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_one_person_signs_once_however_often_they_ask_and_takes_it_back(town: Town) -> None:
    petition, ada, bob = await admitted(town), verified(town), verified(town)
    asked = await asyncio.gather(*(sign(town, ada, petition) for _ in range(6)), sign(town, bob, petition, shown=True))
    assert {answer.status_code for answer in asked} == {200}
    assert (await shown(town, petition))["signatures"] == await town.count("petition_signature") == 2
    low = await sign(town, town.service.citizen(acr="low"), petition)
    assert (low.status_code, low.json()["code"]) == (403, "identity-not-verified")
    anybody = await admitted(town, verified=False)
    assert (await sign(town, town.service.citizen(acr="low"), anybody)).status_code == 200
    listed = (await town.client.get(f"{LIST}/{petition['id']}/signatures")).json()["items"]
    assert len(listed) == 1
    assert bob.subject not in json.dumps(listed)
    for _ in range(2):
        assert (await take_back(town, bob, petition)).status_code == 204
    own = f"/v1/petitions/{petition['id']}/signatures/mine"
    for who, signing in ((ada, True), (bob, False)):
        read = (await town.client.get(own, headers=who.headers)).json()
        assert (read["signing"], read["signatures"]) == (signing, 1)


async def test_each_threshold_is_told_once_and_the_answer_is_due_by_a_day(town: Town) -> None:
    ada = town.service.citizen()
    petition = await admitted(town, ada, thresholds=[threshold(2), threshold(3, 10), threshold(50)])
    people = [verified(town) for _ in range(3)]
    await sign(town, people[0], petition)
    await look(town)
    assert "petition-threshold-reached" not in await told(town)
    for who in people[1:]:
        await sign(town, who, petition)
    # The worker was away for two days: nobody waits longer for the answer.
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE petition_signature SET created_at = created_at - interval '2 days'")
    for _ in range(2):
        await look(town)
    public = await shown(town, petition)
    assert [each["reached"] for each in public["thresholds"]] == [True, True, False]
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    assert date.fromisoformat(public["answer_due_on"]) == day_of(two_days_ago, PARIS) + timedelta(days=10)
    assert (await told(town)).count("petition-threshold-reached") == 2
    kept = await withdraw(town, ada, public)
    assert (kept.status_code, kept.json()["code"]) == (409, "petition-state"), "the town owes an answer"


async def test_a_petition_that_has_just_reached_its_threshold_is_not_withdrawn(town: Town) -> None:
    ada = town.service.citizen()
    petition = await admitted(town, ada, thresholds=[threshold(1)])
    await sign(town, verified(town), petition)
    kept = await withdraw(town, ada, petition)  # before the worker looks
    assert (kept.status_code, kept.json()["code"]) == (409, "petition-state")


async def test_the_town_answers_once_and_who_wants_to_know_is_told_once(town: Town) -> None:
    petition, agent = await admitted(town), town.service.agent()
    curious, silent = verified(town), verified(town)
    await sign(town, curious, petition, told=True)
    await sign(town, silent, petition)
    await look(town)
    assert "petition-answer-told" not in await told(town)
    current = await shown(town, petition)
    answered = await act(town, agent, current, "answers", {"text": TEXT})
    assert (answered.status_code, answered.json()["answer"]) == (201, "Texte")
    again = await act(town, agent, answered.json(), "answers", {"text": TEXT})
    assert (again.status_code, again.json()["code"]) == (409, "petition-state")
    for _ in range(2):
        await look(town)
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.participation.petition-answer-told.v1'"
    )
    assert [json.loads(row["data"])["signer"] for row in rows] == [curious.subject]


async def test_a_petition_closes_and_counts_what_was_signed_until_then(town: Town) -> None:
    petition, ada = await admitted(town, thresholds=[threshold(1, 5)]), verified(town)
    await sign(town, ada, petition)
    await look(town, timedelta(days=31))
    public = await shown(town, petition)
    assert (public["state"], public["thresholds"][0]["reached"]) == ("closed", True)
    assert (await sign(town, verified(town), petition)).json()["code"] == "petition-state"
    assert (await take_back(town, ada, petition)).json()["code"] == "petition-state"
    figures = (await town.client.get("/v1/collectivities/paris/petition-figures")).json()
    assert (figures["closed"], figures["open"], figures["reached"], figures["answered"]) == (1, 0, 1, 0)


async def test_what_is_personal_in_a_petition_is_forgotten_some_time_after_it_is_over(town: Town) -> None:
    ada, agent, days = town.service.citizen(), town.service.agent(), timedelta(days=366)
    refused = (await submit(town, ada)).json()
    bare: dict[str, Any] = {"outcome": "refused", "thresholds": [], "closes_at": None, "reasons": TEXT}
    assert (await decide(town, agent, refused, **bare)).status_code == 201
    owed, over = await admitted(town, thresholds=[threshold(1, 5)]), await admitted(town, thresholds=[threshold(9, 5)])
    for petition in (owed, over):
        await sign(town, verified(town), petition)
    await look(town, timedelta(days=31))
    database, now = town.service.runtime.database, datetime.now(UTC)
    assert await forget_petitions(database, 365, now + timedelta(days=300)) == 0
    assert await forget_petitions(database, 365, now + timedelta(days=31) + days) == 2
    assert await town.count("petition_signature") == 1, "the town still owes an answer to one of them"
    assert [(await shown(town, petition))["signatures"] for petition in (owed, over)] == [1, 1]
    own = (await town.client.get("/v1/own-petitions", headers=ada.headers)).json()["items"]
    assert [(each["state"], each["title"], each["reasons"]) for each in own] == [("refused", None, None)]
    current = await shown(town, owed)
    assert (await act(town, agent, current, "answers", {"text": TEXT})).status_code == 201
    assert await forget_petitions(database, 365, now + days + days) == 1
    assert await town.count("petition_signature") == 0
    listed = (await town.client.get(f"{LIST}?state=closed")).json()["items"]
    assert {each["signatures"] for each in listed} == {1}


async def test_a_petition_that_cannot_be_forgotten_keeps_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = [await admitted(town, town.service.citizen()) for _ in range(2)]
    for petition in (stuck, other):
        await sign(town, verified(town), petition)
    await look(town, timedelta(days=31))
    taking = petitions.take_back

    async def take_back(session: AsyncSession, petition_id: UUID) -> None:
        if str(petition_id) == stuck["id"]:
            raise TimeoutError
        await taking(session, petition_id)

    monkeypatch.setattr(petitions, "take_back", take_back)
    database, then = town.service.runtime.database, datetime.now(UTC) + timedelta(days=500)
    assert await forget_petitions(database, 365, then) == 1
    assert await town.count("petition_signature") == 1
    monkeypatch.undo()
    assert await forget_petitions(database, 365, then) == 1


async def test_a_withdrawn_petition_loses_its_words_and_signatures(town: Town) -> None:
    ada = town.service.citizen()
    petition = await admitted(town, ada)
    await sign(town, verified(town), petition)
    assert (await withdraw(town, town.service.citizen(), petition)).status_code == 403
    assert (await withdraw(town, ada, petition)).status_code == 204
    gone = await shown(town, petition)
    assert (gone["state"], gone["title"], gone["signatures"]) == ("withdrawn", None, 0)
    assert (await town.client.get(LIST)).json()["items"] == []


async def test_a_petition_is_its_towns(town: Town) -> None:
    petition, stranger = await admitted(town), town.service.agent("lutece")
    assert (await decide(town, stranger, petition)).status_code == 404
    assert (await act(town, stranger, petition, "answers", {"text": TEXT})).status_code == 404
    assert (await sign(town, verified(town, collectivity="lutece"), petition)).status_code == 404
    assert (await withdraw(town, town.service.citizen("lutece"), petition)).status_code == 404
    assert (await submit(town, town.service.agent())).status_code == 403


async def test_who_turns_out_to_have_two_accounts_signs_once(town: Town) -> None:
    author, kept_author = town.service.citizen(), town.service.citizen()
    petition = await admitted(town, author, thresholds=[threshold(50)])
    absorbed, kept = verified(town), verified(town)
    for account in (absorbed, kept):
        await sign(town, account, petition)
    await hear(town.service, merged(absorbed, kept), merged(author, kept_author))
    assert (await shown(town, petition))["signatures"] == 1
    assert (await sign(town, absorbed, petition)).json()["signatures"] == 1, "its token may live a moment longer"
    pairs = [(verified(town), verified(town)) for _ in range(4)]
    for gone, stays in pairs:
        await asyncio.gather(sign(town, gone, petition), hear(town.service, merged(gone, stays)))
        await sign(town, stays, petition)
    assert (await shown(town, petition))["signatures"] == 1 + len(pairs)
    assert (await withdraw(town, kept_author, petition)).status_code == 204


async def test_nobody_petitions_without_end(town: Town) -> None:
    ada = town.service.citizen()
    answers = [await submit(town, ada) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
