# SPDX-License-Identifier: EUPL-1.2
"""What agents do in a town's name stands in one chain that everybody can check, and tells of nobody who votes."""

import ast
import asyncio
import inspect
import json
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import yaml
from fastapi.routing import APIRoute
from participation_town import Town
from petition_town import act, admitted, submit
from poll_town import PollTown, civil_status
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession
from survey_town import confirm, enter, open_survey

from parvis_participation.api import acting
from parvis_participation.db import town_acts
from parvis_participation.main import PUBLIC
from parvis_participation.service.decide_petition import keep_petitions
from parvis_participation.service.seals import Seals, canonical
from parvis_participation.service.town_acts import chain_receptions, count_reception

ROOT = Path(__file__).parents[4]
PATH = "/v1/collectivities/paris/acts"
CHECKER = ROOT / "examples" / "secret-poll" / "check_acts.py"
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def _agents_writes() -> dict[str, set[str]]:
    """Each operation that writes and that a role of agents opens, with the names that its code calls."""
    roles = yaml.safe_load((ROOT / "contracts" / "roles.yaml").read_text("utf-8")).values()
    scopes = {scope for role in roles for scope in role["scopes"]}
    return {
        str(route.operation_id): {
            node.func.id
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(route.endpoint))))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for router in PUBLIC
        for route in router.routes
        if isinstance(route, APIRoute)
        and (route.methods or set()) & _WRITES
        and set(getattr(route, "scopes", ())) & scopes
    }


def test_each_operation_by_which_agents_write_is_in_a_chain_or_said_to_be_in_none() -> None:
    writes = _agents_writes()
    in_chain = {name for name, calls in writes.items() if calls & {"chained", "chain_act"}}
    of_polls = {name for name, calls in writes.items() if "chain_of" in calls}
    counted = {name for name, calls in writes.items() if "count_voter" in calls}
    missing = writes.keys() - in_chain - of_polls - counted - acting.ELSEWHERE.keys()
    assert missing == set(), "wrap their effect in chained(request, effect), or say in api/acting.py why not"
    # A budget voted on in secret has a poll, whose chain begins with it.
    assert of_polls - in_chain == acting.OF_POLLS
    assert counted == acting.COUNTED
    assert writes.keys() >= acting.ELSEWHERE.keys() | acting.WORDS | acting.FILES | acting.DOCUMENTS | acting.SHEETS
    assert in_chain.isdisjoint(acting.ELSEWHERE)
    assert len(in_chain) > len(("consultations", "petitions", "budgets")) * 10


async def _acts(town: Town | PollTown) -> list[dict[str, Any]]:
    answer = await town.client.get(f"{PATH}/lines")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_an_act_and_its_line_are_one_and_a_repeated_call_writes_no_other(town: Town) -> None:
    agent, other = town.service.agent(), town.service.agent()
    headers = town.headers(agent)
    body = {"title": {"fr": "Un", "en": "One"}, "text": {"fr": "Deux", "en": "Two"}}
    refused = await town.client.post(
        f"/v1/processes/{'0' * 8}-0000-7000-8000-{'0' * 12}/news", json=body, headers=headers
    )
    assert refused.status_code == 404
    assert await _acts(town) == []
    made = (await town.create(agent)).json()
    assert (await town.act(other, made, "publish")).status_code == 201
    assert (await town.act(other, made, "publish")).status_code in {409, 412}
    petition = (await submit(town, town.service.citizen())).json()
    key = {**other.headers, "Idempotency-Key": "decide-once", "If-Match": '"1"'}
    decision = {"outcome": "refused", "reasons": {"fr": "Non.", "en": "No."}}
    path = f"/v1/petitions/{petition['id']}/decisions"
    answers = [await town.client.post(path, json=decision, headers=key) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[1].headers["idempotency-replayed"] == "true"
    found = await _acts(town)
    assert [(each["number"], each["act"], each["of"]) for each in found] == [
        (1, "createConsultation", {"id": made["id"]}),
        (2, "actOnConsultation", {"consultation_id": made["id"]}),
        (3, "decidePetition", {"petition_id": petition["id"]}),
    ]
    assert found[1]["details"] == {"action": "publish"}
    assert found[2]["details"] == {"outcome": "refused", "sha256": sha256(canonical(decision)).hexdigest()}
    names = [each["agent"] for each in found]
    assert len(set(names)) == len(names), "other agents, or other objects"
    assert all(who.subject not in json.dumps(found) for who in (agent, other))
    assert (await town.client.get(f"{PATH}/lines?after=1&most=1")).text == canonical(found[1]).decode() + "\n"
    elsewhere = await town.client.get("/v1/collectivities/lyon/acts/lines")
    assert elsewhere.text == ""


async def test_what_the_clock_does_to_petitions_is_in_the_chain(town: Town) -> None:
    petition = await admitted(town)
    closed = datetime.fromisoformat(petition["closes_at"]) + timedelta(seconds=1)
    await keep_petitions(town.service.runtime.database, closed)
    now = (await town.client.get(f"/v1/collectivities/paris/petitions/{petition['id']}")).json()
    assert (
        await act(town, town.service.agent(), now, "answers", {"text": {"fr": "Oui.", "en": "Yes."}})
    ).status_code == 201
    told = [(each["act"], each["agent"] == "clock", each["details"]) for each in await _acts(town)]
    assert [each[:2] for each in told] == [
        ("decidePetition", False),
        ("petition-closed", True),
        ("answerPetition", False),
    ]
    assert told[1][2] == {"signatures": 0}


async def test_desks_tell_how_many_came_within_an_hour_and_never_their_order(polling: PollTown) -> None:
    poll = await polling.open(eligibility={"channels": ["online", "desk", "paper"]})
    agent, other, database = polling.service.agent(), polling.service.agent(), polling.service.runtime.database
    path, before = f"/v1/polls/{poll['id']}", await _acts(polling)
    people = ("DUBOIS", "DURAND", "MARTIN", "PETIT")
    visitors = [
        {"document": "passport", "document_number": f"20FV5432{number}ZZ", "civil_status": civil_status(name)}
        for number, name in enumerate(people)
    ]
    for who, visitor in ((agent, visitors[0]), (agent, visitors[0]), (other, visitors[1])):
        assert (await polling.client.post(f"{path}/desk-voters", json=visitor, headers=who.headers)).status_code == 200
    for visitor in visitors[2:]:
        key = polling.headers(agent)
        marked = [await polling.client.post(f"{path}/paper-voters", json=visitor, headers=key) for _ in range(2)]
        assert [each.status_code for each in marked] == [201, 201]
    again = await polling.client.post(f"{path}/paper-voters", json=visitors[3], headers=polling.headers(agent))
    assert again.status_code == 409
    assert await _acts(polling) == before, "no line while others may still come within the hour"
    assert await chain_receptions(database, datetime.now(UTC) - timedelta(hours=1)) == 0
    assert await chain_receptions(database, datetime.now(UTC) + timedelta(hours=2)) >= 3
    assert await chain_receptions(database, datetime.now(UTC) + timedelta(hours=2)) == 0
    told: dict[tuple[str, str], int] = {}
    counted = {"receiveDeskVoter": "vouchers", "markPaperVoter": "voters"}
    for each in (await _acts(polling))[len(before) :]:
        assert each["of"] == {"poll_id": poll["id"]}
        assert each["at"].endswith(":00:00.000Z")
        told[each["act"], each["agent"]] = (
            told.get((each["act"], each["agent"]), 0) + each["details"][counted[each["act"]]]
        )
    # Over the turn of an hour there may be more lines, and as many voters.
    assert sorted((name, voters) for (name, _), voters in told.items()) == [
        ("markPaperVoter", 2),
        ("receiveDeskVoter", 1),
        ("receiveDeskVoter", 2),
    ]
    assert len({who for _, who in told}) == len((agent, other))
    assert await polling.rows("desk_reception") == 0


async def test_an_entry_of_the_roll_and_its_count_are_no_one_transaction(polling: PollTown) -> None:
    poll = await polling.open(eligibility={"channels": ["paper"]})
    visitor = {"document": "passport", "document_number": "20FV54321ZZ", "civil_status": civil_status("DUBOIS")}
    headers = polling.headers(polling.service.agent())
    marked = await polling.client.post(f"/v1/polls/{poll['id']}/paper-voters", json=visitor, headers=headers)
    assert marked.status_code == 201
    pool = polling.service.runtime.database.pool
    counted = await pool.fetchval("SELECT xmin::text FROM desk_reception")
    assert counted is not None
    assert counted != await pool.fetchval("SELECT xmin::text FROM poll_roll")


async def test_of_several_towns_one_is_written_a_transaction(
    polling: PollTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, database = await polling.open(), polling.service.runtime.database
    then = datetime(2026, 3, 1, 9, tzinfo=UTC)
    towns = ("paris", "lyon", "paris", "lutece")
    async with database.unit_of_work() as uow:
        for number, town in enumerate(towns):
            await count_reception(uow.session, town, UUID(poll["id"]), f"agent-{number}", "desk", then)
        await uow.commit()
    taken: list[set[str]] = []
    take = town_acts.take_receptions

    async def noted(session: AsyncSession, until: datetime, most: int) -> Sequence[RowMapping]:
        found = await take(session, until, most)
        taken.append({row["collectivity"] for row in found})
        return found

    monkeypatch.setattr(town_acts, "take_receptions", noted)
    assert await chain_receptions(database, then + timedelta(hours=2)) == len(towns)
    assert [len(each) for each in taken] == [1, 1, 1, 0]


async def test_sheets_and_attestations_are_told_without_what_joins_their_lines(town: Town) -> None:
    survey = await open_survey(town)
    first, second = town.service.agent(), town.service.agent()
    sheet = (await enter(town, first, survey, way="car", why="Lu.")).json()
    assert (await confirm(town, second, sheet, way="car", why="Lu.")).status_code == 201
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    body = {"person": town.service.citizen().subject, "evidence": "proof-of-address", "expires_on": until}
    assert (await town.client.post("/v1/residences", json=body, headers=town.headers(first))).status_code == 201
    entered, confirmed, attested = (await _acts(town))[-3:]
    assert [each["of"] for each in (entered, confirmed, attested)] == [{"survey_id": survey["id"]}] * 2 + [{}]
    assert [each["details"] for each in (entered, confirmed, attested)] == [{}] * 3
    assert sheet["id"] not in json.dumps((entered, confirmed))
    seals, day = Seals(town.service.runtime.master), attested["at"][:10]
    assert attested["agent"] == seals.agent_name(f"paris/{day}", UUID(first.subject)), "another name each day"


@pytest.fixture
async def kept(town: Town, tmp_path: Path) -> Path:
    """Files of a town's acts, and the head that somebody kept of before."""
    agent = town.service.agent()
    for number in range(3):
        await town.create(agent)
        head = await town.client.get(PATH)
        (tmp_path / f"head{number}.json").write_bytes(head.content)
    (tmp_path / "acts.jsonl").write_bytes((await town.client.get(f"{PATH}/lines")).content)
    return tmp_path


def _check(folder: Path, *heads: str) -> tuple[int, str]:
    key = json.loads((folder / "head0.json").read_text("utf-8"))["signing_key"]
    files = [folder / "acts.jsonl", *(folder / name for name in heads)]
    done = subprocess.run(
        [sys.executable, CHECKER, *files, "--key", key], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


async def test_whoever_kept_a_head_finds_acts_that_were_changed_or_taken_out(kept: Path, town: Town) -> None:
    assert _check(kept, "head2.json", "head0.json") == (0, "Right: 3 acts, each after the one before it.\n")
    lines = (kept / "acts.jsonl").read_text("utf-8").splitlines()
    (kept / "acts.jsonl").write_text("\n".join(lines[:2]) + "\n", "utf-8")
    assert "had signed 3 acts, and there are 2" in _check(kept, "head2.json")[1]
    # A whole new chain, consistent in itself, with a head of its own.
    chain, previous = [], bytes(32).hex()
    for line in lines:
        changed = json.loads(line) | {"agent": "somebody", "previous": previous}
        chain.append(canonical(changed))
        previous = sha256(chain[-1]).hexdigest()
    (kept / "acts.jsonl").write_bytes(b"\n".join(chain) + b"\n")
    assert "the first 1 acts are not those that the town had signed" in _check(kept, "head0.json")[1]
    forged = json.loads((kept / "head2.json").read_text("utf-8")) | {"digest": previous}
    (kept / "head2.json").write_text(json.dumps(forged), "utf-8")
    assert _check(kept, "head2.json") == (1, "WRONG: the head of 3 acts is not signed by the town's key\n")
    for statement in ("UPDATE town_act SET line = ''", "DELETE FROM town_act"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await town.service.runtime.database.pool.execute(statement)


async def test_acts_at_one_time_follow_one_another(town: Town) -> None:
    agent = town.service.agent()
    made = await asyncio.gather(*(town.create(agent) for _ in range(8)))
    assert {each.status_code for each in made} == {201}
    acts = await _acts(town)
    assert [each["number"] for each in acts] == list(range(1, 9))
    previous = bytes(32).hex()
    for each in acts:
        assert each["previous"] == previous
        previous = sha256(canonical(each)).hexdigest()
