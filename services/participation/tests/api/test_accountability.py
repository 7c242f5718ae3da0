# SPDX-License-Identifier: EUPL-1.2
"""What became of each accepted proposal: dated milestones, a history, followers told, a public feed."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from accountability_town import follow, report, today, told
from merged_accounts import hear, merged
from participation_town import Town
from proposal_town import LIST, propose, withdraw

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_a_proposal_is_accounted_for_from_its_acceptance_to_its_end(town: Town) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    assert proposal["outcome"] is None
    early = await report(town, proposal, "done")
    assert (early.status_code, early.json()["code"]) == (409, "proposal-not-accepted")
    first = await report(town, proposal, "accepted", reached_on=today(-9), cost="12000.50", expected_on=today(90))
    assert (first.status_code, first.json()["expected_on"]) == (201, today(90))
    last = await report(town, proposal, "under-way")
    read = (await town.client.get(f"{LIST}/{proposal['id']}")).json()
    assert (read["outcome"], read["outcome_on"], read["cost"]) == ("under-way", today(), "12000.50")
    assert read["version"] == proposal["version"], "its author has not changed it"
    path = f"{LIST}/{proposal['id']}/milestones"
    english = await town.client.get(path, headers={"Accept-Language": "en"})
    assert [item["outcome"] for item in english.json()["items"]] == ["under-way", "accepted"]
    listed = english.json()["items"][0] | {"supports_anew": False}
    assert listed == last.json() | {"title": "Work begins", "details": "Work begins"}


async def test_followers_are_told_once_each_and_the_author_follows_from_the_start(town: Town) -> None:
    ada, bob, eve, late = (town.service.citizen() for _ in range(4))
    proposal = (await propose(town, ada)).json()
    for _ in range(2):
        assert (await follow(town, bob, proposal)).json() == {"proposal_id": proposal["id"], "following": True}
    await follow(town, eve, proposal)
    assert (await follow(town, eve, proposal, "DELETE")).status_code == 204
    assert (await follow(town, eve, proposal, "GET")).json()["following"] is False
    await report(town, proposal, "accepted")
    await follow(town, late, proposal)
    for _ in range(2):
        assert await told(town) == sorted([ada.subject, bob.subject])
    other, kept = town.service.citizen(), town.service.citizen()
    for account in (other, kept):
        await follow(town, account, proposal)
    await hear(town.service, merged(other, kept))
    await report(town, proposal, "planned")
    assert await told(town) == sorted([ada.subject] * 2 + [bob.subject] * 2 + [late.subject, kept.subject])


async def test_everybody_reads_what_became_of_a_towns_proposals_by_page_and_by_feed(town: Town) -> None:
    ada = town.service.citizen()
    titles = ("Des bancs\x0b & \ufffetables\x1b", "Des arbres")
    benches, trees = [(await propose(town, ada, title=title)).json() for title in titles]
    for proposal in (benches, trees):
        await report(town, proposal, "accepted")
    assert (await withdraw(town, ada, trees)).status_code == 204
    assert (await report(town, trees, "done")).status_code == 201, "what was accepted is accounted for all the same"
    found = (await town.client.get("/v1/collectivities/paris/proposal-milestones")).json()["items"]
    assert [(item["outcome"], item["proposal_title"]) for item in found] == [
        ("done", None), ("accepted", None), ("accepted", titles[0]),
    ]  # fmt: skip
    feed = await town.client.get("/v1/collectivities/paris/proposal-milestones-feed?limit=3")
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = fromstring(feed.content).findall(f"{ATOM}entry")  # noqa: S314 - of our own making
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"urn:uuid:{item['id']}" for item in found]
    assert entries[2].findtext(f"{ATOM}title") == "Des bancs & tables – Les travaux commencent"
    for path in ("proposal-milestones", "proposal-milestones-feed"):
        elsewhere = await town.client.get(f"/v1/collectivities/lutece/{path}")
        assert elsewhere.status_code == 200
        assert benches["id"] not in elsewhere.text


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        # Tests may be collected on the day before they run.
        (lambda: {"reached_on": today(1)}, "/reached_on"),
        (lambda: {"cost": "-1"}, "/cost"),
        (lambda: {"title": {"fr": "x"}}, "/title/en"),
    ],
    ids=["tomorrow", "cost", "one-language"],
)
async def test_what_no_milestone_can_be_is_refused(
    town: Town, changes: Callable[[], dict[str, Any]], pointer: str
) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    refused = await report(town, proposal, "accepted", **changes())
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert await town.count("proposal_milestone") == 0


async def test_a_proposal_is_accounted_for_by_its_town_alone(town: Town) -> None:
    ada = town.service.citizen()
    proposal = (await propose(town, ada)).json()
    assert (await report(town, proposal, "accepted", town.service.agent("lutece"))).status_code == 404
    assert (await report(town, proposal, "accepted", ada)).status_code == 403
    assert (await follow(town, town.service.citizen("lutece"), proposal)).status_code == 404
    await withdraw(town, ada, proposal)
    gone = await report(town, proposal, "accepted")
    assert (gone.status_code, gone.json()["code"]) == (409, "proposal-gone")
