# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from unittest.mock import AsyncMock
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from identity_rolls import Identity
from poll_town import PollTown, approve, sealed_ballot

from parvis_kit.problems import unavailable
from parvis_participation.domain.merkle import root_of
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.seals import Seals, receipt_text, root_text
from parvis_participation.service.sign_roots import LEAST, sign_roots


async def test_a_voter_gets_a_signed_receipt_and_the_same_ballot_again_the_same(polling: PollTown) -> None:
    poll, voter = await polling.open(), polling.voter()
    ballot = sealed_ballot(poll, approve("park"))
    first, again = [await polling.cast(voter, poll, ballot) for _ in range(2)]
    assert (first.status_code, again.content) == (200, first.content)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(poll["signing_key"]))
    text = receipt_text(UUID(poll["id"]), bytes.fromhex(ballot["commitment"]))
    key.verify(bytes.fromhex(first.json()["signature"]), text)
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)


async def test_whoever_lost_the_answer_learns_after_the_close_that_they_have_voted(
    polling: PollTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, voter = await polling.open(), polling.voter()
    ballot, other = sealed_ballot(poll, approve("park")), sealed_ballot(poll, approve("park"))
    first = await polling.cast(voter, poll, ballot)
    path, headers = f"/v1/polls/{poll['id']}/ballots", voter.headers
    with monkeypatch.context() as away:
        away.setattr(RollKeys, "of", AsyncMock(side_effect=unavailable()))
        assert (await polling.client.post(path, json=ballot, headers=headers)).content == first.content
        assert (await polling.client.post(path, json=other, headers=headers)).status_code == 503
    polling.when("after")
    assert (await polling.cast(voter, poll, ballot)).content == first.content
    late = await polling.cast(voter, poll, other)
    assert (late.status_code, late.json()["code"]) == (409, "poll-not-open")


async def test_200_votes_of_one_identity_at_once_from_two_accounts_count_as_one(
    polling: PollTown, identity: Identity
) -> None:
    poll, voter, other = await polling.open(), polling.voter(), polling.voter(client_id="demo-mobile", acr="eidas2")
    identity.one_person(voter.subject, other.subject)
    ballots = [sealed_ballot(poll, approve("park")) for _ in range(200)]
    answers = await asyncio.gather(
        *(polling.cast((voter, other)[number % 2], poll, ballot) for number, ballot in enumerate(ballots))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 199
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already-voted"}
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)


async def test_an_account_whose_identity_nobody_has_verified_does_not_vote(polling: PollTown) -> None:
    poll = await polling.open()
    for acr in (None, "eidas0", "urn:parvis:acr:local-mfa"):
        refused = await polling.cast(polling.voter(acr=acr), poll, approve("park"))
        assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    for caller in (polling.service.agent(), polling.service.system()):
        assert (await polling.cast(caller, poll, approve("park"))).status_code == 403
    assert await polling.rows("poll_roll") == 0


async def test_a_ballot_comes_while_the_poll_is_open(polling: PollTown) -> None:
    poll = await polling.open()
    for moment in ("before", "after"):
        polling.when(moment)
        refused = await polling.cast(polling.voter(), poll, approve("park"))
        assert (refused.status_code, refused.json()["code"]) == (409, "poll-not-open")


async def test_what_is_no_envelope_is_refused_and_a_commitment_stands_once(polling: PollTown) -> None:
    poll = await polling.open()
    ballot = sealed_ballot(poll, approve("park"))
    for sealed in (ballot["sealed"][:-4], "A" * len(ballot["sealed"]), "A" * 201):
        refused = await polling.cast(polling.voter(), poll, ballot | {"sealed": sealed})
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-envelope")
    assert (await polling.cast(polling.voter(), poll, ballot)).status_code == 200
    copied = await polling.cast(polling.voter(), poll, ballot)
    assert (copied.status_code, copied.json()["code"]) == (409, "commitment-taken")
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)


async def test_a_root_is_signed_over_many_at_once_and_grows_with_the_urn(polling: PollTown) -> None:
    poll = await polling.open()
    database, seals = polling.service.runtime.database, Seals(polling.service.runtime.master)
    path = f"/v1/collectivities/paris/polls/{poll['id']}"
    await _vote(polling, poll, LEAST - 1)
    assert await sign_roots(database, seals, polling.now) == 0
    assert (await polling.client.get(path)).json()["root"] is None
    for size in (LEAST, 2 * LEAST):
        await _vote(polling, poll, size - await polling.rows("poll_urn"))
        assert await sign_roots(database, seals, polling.now) == 1
        root = (await polling.client.get(path)).json()["root"]
        held = await database.pool.fetch("SELECT commitment FROM poll_urn ORDER BY batch, commitment")
        assert (root["size"], root["root"]) == (size, root_of([row["commitment"] for row in held]).hex())
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(poll["signing_key"]))
        key.verify(bytes.fromhex(root["signature"]), root_text(UUID(poll["id"]), size, bytes.fromhex(root["root"])))


async def _vote(polling: PollTown, poll: dict[str, object], times: int) -> None:
    answers = await asyncio.gather(*(polling.cast(polling.voter(), poll, approve("park")) for _ in range(times)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("change", "content_type", "told"),
    [
        ({}, "application/json; charset=utf-8", (200, None)),
        ({"commitment": "x"}, "application/json", (422, "/commitment")),
        ({"sealed": "A"}, "application/json", (422, "/sealed")),
        ({"choice": "park"}, "application/json", (422, "/choice")),
        (None, "application/json", (400, None)),
        ({}, "text/plain", (422, "")),
    ],
)
async def test_a_call_that_is_no_ballot_is_told_what_is_wrong_with_it(
    polling: PollTown, change: dict[str, str] | None, content_type: str, told: tuple[int, str | None]
) -> None:
    poll, voter = await polling.open(), polling.voter()
    content = "{" if change is None else json.dumps(sealed_ballot(poll, approve("park")) | change)
    headers = voter.headers | {"Content-Type": content_type}
    answer = await polling.client.post(f"/v1/polls/{poll['id']}/ballots", content=content, headers=headers)
    pointers = [error["pointer"] for error in answer.json().get("errors", ())]
    assert (answer.status_code, *(pointers or [None])) == told
    assert answer.headers["cache-control"] == "no-store"


async def test_a_ballot_for_what_is_no_poll_and_one_by_another_method_are_refused(polling: PollTown) -> None:
    poll, voter = await polling.open(), polling.voter()
    ballot = sealed_ballot(poll, approve("park"))
    answers = [
        await polling.client.request(method, f"/v1/polls/{name}/ballots", json=ballot, headers=voter.headers)
        for method, name in (("POST", "x"), ("POST", str(uuid4())), ("PUT", poll["id"]), ("POST", poll["id"].upper()))
    ]
    assert [answer.status_code for answer in answers] == [422, 404, 405, 200]
    assert answers[-1].json()["poll_id"] == poll["id"]
