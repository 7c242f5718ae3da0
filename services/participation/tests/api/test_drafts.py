# SPDX-License-Identifier: EUPL-1.2
"""Agents find, read, change and throw away what they prepare; what is published stays as it is."""

import json
from hashlib import sha256
from typing import Any

import httpx
import pytest
from budget_town import BudgetTown
from participation_town import Town
from poll_town import PollTown, civil_status
from process_town import join, phase, published

from parvis_participation.service.seals import canonical
from parvis_testing import Caller

OTHER = {"fr": "Autre", "en": "Other"}
KINDS = ("consultations", "polls", "budgets")


class Preparing:
    """The same acts on each of the three."""

    def __init__(self, town: Town, polling: PollTown, budgeting: BudgetTown) -> None:
        self.town = town
        self.polling = polling
        self.budgeting = budgeting
        self.agent = town.service.agent()

    async def made(self, kind: str, **changes: Any) -> dict[str, Any]:
        makers: dict[str, Any] = {"consultations": self.town, "polls": self.polling, "budgets": self.budgeting}
        answer = await makers[kind].create(self.agent, **changes)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def body(self, shown: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """What was given, as it was read: it can be sent back."""
        told = {"id", "collectivity", "state", "phase", "version", "listed_people", "of_budget"}
        return {name: value for name, value in shown.items() if name not in told} | changes

    async def call(
        self, method: str, kind: str, draft: dict[str, Any], body: Any = None, *, who: Caller | None = None
    ) -> httpx.Response:
        headers = (who or self.agent).headers | {"If-Match": f'"{draft["version"]}"'}
        return await self.town.client.request(method, f"/v1/{kind}/{draft['id']}", json=body, headers=headers)

    async def publish(self, kind: str, draft: dict[str, Any]) -> httpx.Response:
        headers = self.town.headers(self.agent) | {"If-Match": f'"{draft["version"]}"'}
        path = f"/v1/{kind}/{draft['id']}/transitions"
        return await self.town.client.post(path, json={"action": "publish"}, headers=headers)

    async def listed(self, kind: str, query: str = "") -> list[str]:
        answer = await self.town.client.get(f"/v1/{kind}{query}", headers=self.agent.headers)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    async def last_act(self) -> str | None:
        """The digest of the newest act on a poll."""
        pool = self.town.service.runtime.database.pool
        digest = await pool.fetchval("SELECT digest FROM poll_act WHERE line LIKE '%deleted%'")
        return None if digest is None else str(digest.hex())


@pytest.fixture
def preparing(town: Town, polling: PollTown, budgeting: BudgetTown) -> Preparing:
    return Preparing(town, polling, budgeting)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_draft_is_found_read_changed_and_thrown_away(preparing: Preparing, kind: str) -> None:
    first, second = await preparing.made(kind), await preparing.made(kind)
    assert await preparing.listed(kind, "?state=draft") == [second["id"], first["id"]]
    read = await preparing.call("GET", kind, first)
    assert read.headers["etag"] == '"1"'
    shown = read.json()
    body = preparing.body(shown, title=OTHER)
    changed = await preparing.call("PUT", kind, first, body)
    assert changed.status_code == 200, changed.text
    assert changed.json() == shown | {"title": OTHER, "version": 2}
    assert changed.headers["etag"] == '"2"'
    assert (await preparing.call("GET", kind, first)).json() == changed.json()
    assert (await preparing.call("PUT", kind, first, body)).status_code == 412
    assert (await preparing.call("DELETE", kind, first)).status_code == 412
    assert (await preparing.call("DELETE", kind, changed.json())).status_code == 204
    assert (await preparing.call("GET", kind, first)).status_code == 404
    assert await preparing.listed(kind) == [second["id"]]
    lines = (await preparing.town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    last = json.loads(lines[-1])
    name = kind.removesuffix("s")
    digest = await preparing.last_act()
    assert last["details"] == ({"last_act": digest} if kind == "polls" else {})
    assert (last["act"], last["of"]) == (f"delete{name.title()}Draft", {f"{name}_id": first["id"]})


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_published_is_neither_changed_nor_deleted(preparing: Preparing, kind: str) -> None:
    draft = await preparing.made(kind)
    shown = (await preparing.call("GET", kind, draft)).json()
    changed = (await preparing.call("PUT", kind, draft, preparing.body(shown, title=OTHER))).json()
    assert (await preparing.publish(kind, draft)).status_code == 412
    done = await preparing.publish(kind, changed)
    assert (done.status_code, done.json()["title"]) == (201, "Autre")
    assert await preparing.listed(kind, "?state=draft") == []
    assert await preparing.listed(kind, "?state=published") == [draft["id"]]
    for method, body in (("PUT", preparing.body(shown)), ("DELETE", None)):
        refused = await preparing.call(method, kind, done.json(), body)
        assert (refused.status_code, refused.json()["code"]) == (409, "not-a-draft")


@pytest.mark.parametrize("kind", KINDS)
async def test_drafts_are_the_towns_own_and_the_agents(preparing: Preparing, kind: str) -> None:
    draft, service = await preparing.made(kind), preparing.town.service
    shown = (await preparing.call("GET", kind, draft)).json()
    for who, status in ((service.agent("lutece"), 404), (service.citizen(), 403)):
        assert (await preparing.call("GET", kind, draft, who=who)).status_code == status
        body = preparing.body(shown)
        assert (await preparing.call("PUT", kind, draft, body, who=who)).status_code == status
        assert (await preparing.call("DELETE", kind, draft, who=who)).status_code == status
    other = await preparing.town.client.get(f"/v1/{kind}", headers=service.agent("lutece").headers)
    assert other.json()["items"] == []
    assert (await preparing.call("GET", kind, draft)).json() == shown


async def test_what_a_draft_cannot_say_leaves_it_as_it_was(preparing: Preparing) -> None:
    for kind in KINDS:
        draft = await preparing.made(kind)
        shown = (await preparing.call("GET", kind, draft)).json()
        wrong = {"closes_at": shown["opens_at"]} if kind != "budgets" else {"budgets": [{"amount": "1"}] * 2}
        assert (await preparing.call("PUT", kind, draft, preparing.body(shown, **wrong))).status_code == 422
        assert (await preparing.call("GET", kind, draft)).json() == shown


async def test_a_list_goes_with_its_draft_or_when_the_poll_is_for_all(preparing: Preparing) -> None:
    polling = preparing.polling
    drafts = [await preparing.made("polls", eligibility={"listed": True}) for _ in range(2)]
    for draft in drafts:
        assert (await polling.list_people(draft, civil_status("DUBOIS"))).status_code == 201
    shown = (await preparing.call("GET", "polls", drafts[0])).json()
    assert shown["listed_people"] == 1
    kept = (await preparing.call("PUT", "polls", drafts[0], preparing.body(shown, title=OTHER))).json()
    assert kept["listed_people"] == 1
    body = preparing.body(kept, eligibility={"listed": False})
    assert (await preparing.call("PUT", "polls", kept, body)).json()["listed_people"] == 0
    assert await polling.rows("poll_entitled") == 1
    assert (await preparing.call("DELETE", "polls", drafts[1])).status_code == 204
    assert await polling.rows("poll_entitled") == 0


async def test_the_acts_of_a_poll_tell_that_its_draft_was_changed(preparing: Preparing) -> None:
    draft = await preparing.made("polls")
    shown = (await preparing.call("GET", "polls", draft)).json()
    changed = (await preparing.call("PUT", "polls", draft, preparing.body(shown, title=OTHER))).json()
    poll = (await preparing.publish("polls", changed)).json()
    acts = [json.loads(line) for line in (await preparing.polling.file(poll, "acts.jsonl")).text.splitlines()]
    assert [act["act"] for act in acts] == ["created", "changed", "published"]
    # What was published is what was last written: the same digest.
    assert acts[1]["details"]["digest"] == acts[2]["details"]["digest"] == poll["digest"]


async def test_the_secret_vote_of_a_budget_is_prepared_with_it(preparing: Preparing) -> None:
    board = {"key": preparing.polling.key.hex(), "members": 3, "threshold": 2}
    draft = await preparing.made("budgets")
    shown = (await preparing.call("GET", "budgets", draft)).json()
    assert (await preparing.call("GET", "polls", draft)).status_code == 404
    body = preparing.body(shown, board=board, eligibility={"listed": True})
    secret = (await preparing.call("PUT", "budgets", draft, body)).json()
    poll = (await preparing.call("GET", "polls", draft)).json()
    assert (poll["of_budget"], poll["board"], poll["opens_at"]) == (True, board, shown["phases"]["vote_at"])
    assert (await preparing.polling.list_people(poll, civil_status("DUBOIS"))).status_code == 201
    assert (await preparing.call("GET", "budgets", draft)).json()["listed_people"] == 1
    for method, given in (("PUT", preparing.polling.body()), ("DELETE", None)):
        assert (await preparing.call(method, "polls", poll, given)).status_code == 409
    other = preparing.body(secret, title=OTHER, retention_days=70)
    secret = (await preparing.call("PUT", "budgets", secret, other)).json()
    poll = (await preparing.call("GET", "polls", draft)).json()
    assert (poll["title"], poll["retention_days"], poll["listed_people"]) == (OTHER, 70, 1)
    by_name = preparing.body(secret, board=None, eligibility=None)
    secret = (await preparing.call("PUT", "budgets", secret, by_name)).json()
    assert (await preparing.call("GET", "polls", draft)).status_code == 404
    assert await preparing.polling.rows("poll_entitled") == 0
    again = preparing.body(secret, board=board)
    secret = (await preparing.call("PUT", "budgets", secret, again)).json()
    assert (await preparing.call("DELETE", "budgets", secret)).status_code == 204
    assert await preparing.polling.rows("poll") == 0
    pool = preparing.town.service.runtime.database.pool
    lines = [json.loads(row["line"]) for row in await pool.fetch("SELECT line FROM poll_act ORDER BY number")]
    acts = ["created", "list-imported", "changed", "deleted", "created", "deleted"]
    assert [(line["number"], line["act"]) for line in lines] == list(enumerate(acts, 1))
    digests = [sha256(canonical(line)).hexdigest() for line in lines if line["act"] == "deleted"]
    told = (await preparing.town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    last_acts = [json.loads(line)["details"].get("last_act") for line in told]
    assert [each for each in last_acts if each] == digests, "by which the chain of a vote that went is checked"


async def test_a_draft_that_is_part_of_a_process_can_be_thrown_away(preparing: Preparing) -> None:
    town, draft = preparing.town, await preparing.made("consultations")
    process = await published(town, phase("now", -1, "answer-consultation"))
    joined = await join(town, process, "consultation", draft)
    assert joined.status_code == 201, joined.text
    assert (await preparing.call("DELETE", "consultations", draft)).status_code == 204
    assert await town.count("process_part") == 0
