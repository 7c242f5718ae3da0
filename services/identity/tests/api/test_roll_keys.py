# SPDX-License-Identifier: EUPL-1.2
"""The key of a voter: one for a person whatever the account, another in each vote, for who keeps the rolls alone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from counter import ANGELA, Caller, by_franceconnect
from identity_town import SYSTEM_SECRET, Town

from parvis_identity.db.identity_proofs import holders
from parvis_identity.db.people import People
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import former_pivot_of
from parvis_identity.service.renew_pivots import renew_pivots

PATH = "/internal/v1/roll-keys"
POLL = "participation/poll/1"


async def rolls(town: Town, name: str = "participation", secret: str = "p" * 40, **form: str) -> dict[str, str]:
    grant = {"grant_type": "client_credentials", **form}
    answer = await town.internal.post("/oauth2/token", data=grant, auth=(name and f"parvis-{name}", secret))
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def key(town: Town, person: str, label: str = POLL) -> str:
    body = {"person": person, "label": label}
    answer = await town.internal.post(PATH, json=body, headers=await rolls(town))
    assert answer.status_code == 200, answer.text
    # Nothing of who the person is comes along.
    assert answer.json()["old_enough"] is None
    assert len(answer.json()) == 2
    made: str = answer.json()["person_key"]
    assert len(bytes.fromhex(made)) == 32
    return made


async def account(town: Town, subject: str, **person: Any) -> str:
    return await (await by_franceconnect(town, sub=subject, **person)).id()


async def test_two_accounts_of_one_person_have_one_key_in_each_vote(town: Town) -> None:
    first, second = await account(town, "first"), await account(town, "second")
    assert first != second
    assert await key(town, first) == await key(town, second)
    # As a register writes it, and as another does: accents and capitals do not make two people of one.
    third = await account(town, "third", given_name="ÀNGELA Claire Louise".title())
    assert await key(town, third) == await key(town, first)
    assert await key(town, first, "participation/poll/2") != await key(town, first)


async def test_each_part_of_the_civil_status_makes_another_person(town: Town) -> None:
    made = [await key(town, await account(town, "first"))]
    others = {
        "given_name": "Angèle",
        "family_name": "DUPONT",
        "gender": "male",
        "birthdate": "1962-08-25",
        "birthplace": "75108",
    }
    for claim, value in others.items():
        made.append(await key(town, await account(town, claim, **{claim: value})))
    assert len(set(made)) == len(made)


async def test_whoever_has_no_whole_civil_status_is_known_by_the_provider(town: Town) -> None:
    first = await account(town, "first", birthdate="1962-08")
    assert await town.rows("SELECT 1 FROM identity_proof") == []
    other = await account(town, "other", birthdate="1962-08")
    assert await key(town, first) == await key(town, first)
    # Two people born in one month may have the same names.
    assert await key(town, first) != await key(town, other)


async def test_a_merged_account_votes_as_the_one_it_went_into(town: Town) -> None:
    gone, kept = await account(town, "first"), await account(town, "second", family_name="DUPONT")
    before = await key(town, gone)
    await town.rows(
        "INSERT INTO account_merge (id, collectivity, kept, absorbed, reason, state, preview, version, agent,"
        " created_at) VALUES ($1, 'paris', $2, $3, 'same-person', 'done', '{}', 2, $2, now())",
        uuid4(),
        kept,
        gone,
    )
    assert await key(town, gone) == await key(town, kept) != before


async def test_nothing_is_written_of_who_votes(town: Town, logged: Callable[[], str]) -> None:
    person = await account(town, "first")
    tables = ("outbox", "audit_entry")
    before = [await town.rows(f"SELECT count(*) FROM {table}") for table in tables]
    headers = await rolls(town)
    logged()
    answer = await town.internal.post(PATH, json={"person": person, "label": POLL}, headers=headers)
    assert [await town.rows(f"SELECT count(*) FROM {table}") for table in tables] == before
    said = logged()
    assert person not in said
    assert answer.json()["person_key"] not in said


async def test_somebody_whom_nobody_verified_has_no_key(town: Town) -> None:
    answer = await town.internal.post(PATH, json={"person": str(uuid4()), "label": POLL}, headers=await rolls(town))
    assert (answer.status_code, answer.json()) == (200, {"person_key": None, "old_enough": None})


async def test_nobody_else_gets_keys(town: Town) -> None:
    citizen: Caller = await by_franceconnect(town)
    body = {"person": await citizen.id(), "label": POLL}
    assert (await town.internal.post(PATH, json=body)).status_code == 401
    headers = {"authorization": f"Bearer {citizen.token}"}
    assert (await town.internal.post(PATH, json=body, headers=headers)).status_code == 403
    notifications = await rolls(town, "notifications", "n" * 40)
    assert (await town.internal.post(PATH, json=body, headers=notifications)).status_code == 403
    await town.rows("UPDATE client SET scopes = '{identity.rolls.read}' WHERE client_id = 'demo-roadworks'")
    grant = {"grant_type": "client_credentials", "scope": "identity.rolls.read"}
    system = (await town.token(grant, auth=("demo-roadworks", SYSTEM_SECRET))).json()["access_token"]
    refused = await town.internal.post(PATH, json=body, headers={"authorization": f"Bearer {system}"})
    assert refused.status_code == 403, "a system of one collectivity keeps no roll"
    assert (await town.browser().http.post(PATH, json=body)).status_code == 404, "the gateway does not lead there"


@pytest.mark.parametrize(
    "body",
    [
        {"person": "x", "label": POLL},
        {"person": str(uuid4()), "label": "a\x00b"},
        {"person": str(uuid4()), "label": ""},
        {"person": str(uuid4()), "label": POLL, "civil_status": "x"},
    ],
)
async def test_malformed_questions_are_told_so(town: Town, body: dict[str, str]) -> None:
    assert (await town.internal.post(PATH, json=body, headers=await rolls(town))).status_code == 422


async def test_who_has_no_account_has_the_key_that_their_account_would_have(town: Town) -> None:
    account_key = await key(town, await account(town, "first"))
    angela = ANGELA | {"birth_date": "1962-08-24", "birth_place": "75107", "birth_country": "99100"}
    del angela["birth"]
    unknown_day = angela | {"birth_date": "1962-08"}
    asked = {"label": POLL, "people": [angela, unknown_day, angela | {"family_name": "DUPONT"}]}
    answer = await town.internal.post(f"{PATH}/of-civil-statuses", json=asked, headers=await rolls(town))
    first, second, third = answer.json()["person_keys"]
    assert (first, second) == (account_key, None)
    assert third not in {None, first}
    bad = asked | {"people": [angela | {"birth_date": "1962-13-01"}]}
    refused = await town.internal.post(f"{PATH}/of-civil-statuses", json=bad, headers=await rolls(town))
    assert refused.status_code == 422
    assert "DUBOIS" not in refused.text


async def test_how_a_name_is_typed_makes_no_second_voter(town: Town) -> None:
    online = await key(town, await account(town, "first", given_name="Angela Lœtitia Marie", family_name="O'NEILL"))
    born = {"gender": "female", "birth_date": "1962-08-24", "birth_place": "75107", "birth_country": "99100"}
    typed = [
        ("ANGELA, LOETITIA, Marie", "O’NEILL"),
        ("Angela Lætitia Marie.", "O NEILL"),
        ("Angela,Lœtitia", "O'NEILL"),
    ]
    people = [born | {"given_names": given, "family_name": family} for given, family in typed]
    asked = {"label": POLL, "people": people}
    answer = await town.internal.post(f"{PATH}/of-civil-statuses", json=asked, headers=await rolls(town))
    same, other, fewer = answer.json()["person_keys"]
    assert same == online
    assert online not in {other, fewer}


async def test_a_proof_of_an_earlier_version_is_found_and_renewed(town: Town) -> None:
    names = {"given_name": "Angela, Lœtitia"}
    person = await account(town, "first", **names)
    now_key = await key(town, person)
    stored = Identity(
        given_names="Angela, Lœtitia",
        family_name="DUBOIS",
        gender="female",
        birth_date="1962-08-24",
        birth_place="75107",
        birth_country="99100",
    )
    runtime = town.runtime
    index = runtime.blind_index.of("pivot", former_pivot_of(stored) or "")
    await town.rows("UPDATE identity_proof SET pivot_index = $1", index)
    assert await key(town, person) != now_key
    async with runtime.database.unit_of_work() as uow:
        people = People(uow.session, runtime.blind_index)
        assert [str(one) for one in await holders(uow.session, people.pivot_indexes(stored))] == [person]
    assert await renew_pivots(runtime.database, runtime.persons, runtime.blind_index) == 1
    assert await renew_pivots(runtime.database, runtime.persons, runtime.blind_index) == 0
    assert await key(town, person) == now_key


async def test_of_an_age_one_bit_is_told(town: Town) -> None:
    person = await account(town, "first")
    month_alone = await account(town, "month", birthdate="1962-08")

    async def old_enough(who: str, day: str) -> bool | None:
        body = {"person": who, "label": POLL, "born_by": day}
        answer = await town.internal.post(PATH, json=body, headers=await rolls(town))
        told: bool | None = answer.json()["old_enough"]
        assert len(answer.json()) == 2
        return told

    assert [await old_enough(person, day) for day in ("1962-08-23", "1962-08-24")] == [False, True]
    days = ("1962-07-31", "1962-08-01", "1962-08-30", "1962-08-31")
    assert [await old_enough(month_alone, day) for day in days] == [False, None, None, True]


async def test_many_are_asked_for_at_once_and_each_is_answered_as_if_alone(town: Town) -> None:
    first, second = await account(town, "first"), await account(town, "second", family_name="DUPONT")
    month = await account(town, "month", birthdate="1962-08")
    erased = await account(town, "erased", family_name="DURAND")
    await town.runtime.persons.destroy(UUID(erased))
    accounts = [
        {"person": second, "label": POLL},
        {"person": str(uuid4()), "label": POLL, "born_by": "1962-08-24"},
        {"person": first, "label": POLL, "born_by": "1962-08-24"},
        {"person": first, "label": "participation/petition/1"},
        {"person": erased, "label": POLL, "born_by": "1962-08-24"},
        {"person": month, "label": POLL, "born_by": "1962-08-01"},
        {"person": first, "label": POLL, "born_by": "1962-08-23"},
    ]
    answer = await town.internal.post(f"{PATH}/of-accounts", json={"accounts": accounts}, headers=await rolls(town))
    assert answer.status_code == 200, answer.text
    told = answer.json()["roll_keys"]
    alone = [await key(town, one["person"], one["label"]) for one in (accounts[0], *accounts[2:])]
    assert [one["person_key"] for one in told] == [alone[0], None, *alone[1:]]
    # Of whom nothing can be read any more, the age is unknown; nobody else's answer depends on it.
    assert [one["old_enough"] for one in told] == [None, None, True, None, None, None, False]
    for wrong in ([], [{"person": first, "label": POLL}] * 101, [*accounts, {"person": first}]):
        refused = await town.internal.post(f"{PATH}/of-accounts", json={"accounts": wrong}, headers=await rolls(town))
        assert refused.status_code == 422
    unknown = {"accounts": accounts[:1]}
    assert (await town.internal.post(f"{PATH}/of-accounts", json=unknown)).status_code == 401
    notifications = await rolls(town, "notifications", "n" * 40)
    refused = await town.internal.post(f"{PATH}/of-accounts", json=unknown, headers=notifications)
    assert refused.status_code == 403
