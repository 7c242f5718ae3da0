# SPDX-License-Identifier: EUPL-1.2
import asyncio
import os
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from parvis_kit.crypto.keys import BlindIndex, MasterKey, UnreadableError
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_testing import create_databases

MASTER = MasterKey(b64encode(bytes(range(32))).decode())


@pytest.fixture(scope="module")
async def keystore() -> "AsyncIterator[asyncpg.Pool[Any]]":
    name = f"test_keystore_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    async with asyncpg.create_pool(urls["keystore_url"], min_size=1, max_size=4) as pool:
        await PersonKeys(pool, MASTER).prepare()
        yield pool


def test_a_sealed_value_opens_only_in_its_place() -> None:
    key = MASTER.sealing("test")
    sealed = key.seal(b"secret", "here")
    assert b"secret" not in sealed
    assert key.open(sealed, "here") == b"secret"
    for context, altered in (("there", sealed), ("here", sealed[:-1] + bytes([sealed[-1] ^ 1])), ("here", b"")):
        with pytest.raises(UnreadableError):
            key.open(altered, context)


def test_each_purpose_has_a_key_of_its_own() -> None:
    with pytest.raises(UnreadableError):
        MASTER.sealing("b").open(MASTER.sealing("a").seal(b"x", "c"), "c")


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b64encode(bytes(16)).decode())


def test_a_blind_index_is_equal_for_equal_values_of_one_column_only() -> None:
    index = BlindIndex(MASTER)
    assert index.of("email", "a@example.org") == index.of("email", "a@example.org")
    assert index.of("email", "a@example.org") != index.of("phone", "a@example.org")


async def test_a_key_survives_the_process_and_opens_what_it_sealed(keystore: "asyncpg.Pool[Any]") -> None:
    person = uuid4()
    sealed = (await PersonKeys(keystore, MASTER).of(person)).seal("name", "Zoé")
    assert (await PersonKeys(keystore, MASTER).of(person)).open("name", sealed) == "Zoé"
    with pytest.raises(UnreadableError):
        (await PersonKeys(keystore, MASTER).of(person)).open("other-column", sealed)


async def test_many_keys_are_made_at_once_and_the_erased_stay_without(keystore: "asyncpg.Pool[Any]") -> None:
    keys = PersonKeys(keystore, MASTER)
    new, known, erased = uuid4(), uuid4(), uuid4()
    sealed = (await keys.of(known)).seal("name", "Zoé")
    await keys.destroy(erased)
    elsewhere = PersonKeys(keystore, MASTER)
    assert (await elsewhere.of_many({new, known, erased})).keys() == {known}
    made = await elsewhere.of_many({new, known, erased}, make=True)
    assert made.keys() == {new, known}
    assert made[known].open("name", sealed) == "Zoé"
    again = await PersonKeys(keystore, MASTER).of(new)
    assert again.open("name", made[new].seal("name", "Léa")) == "Léa"


async def test_two_who_make_one_key_get_the_same(keystore: "asyncpg.Pool[Any]") -> None:
    person = uuid4()
    one, other = await asyncio.gather(*(PersonKeys(keystore, MASTER).of(person) for _ in range(2)))
    assert other.open("name", one.seal("name", "Zoé")) == "Zoé"


async def test_one_persons_key_opens_nothing_of_another(keystore: "asyncpg.Pool[Any]") -> None:
    keys = PersonKeys(keystore, MASTER)
    sealed = (await keys.of(uuid4())).seal("name", "Zoé")
    with pytest.raises(UnreadableError):
        (await keys.of(uuid4())).open("name", sealed)


async def test_after_erasure_nothing_can_be_read_or_written_again(keystore: "asyncpg.Pool[Any]") -> None:
    person = uuid4()
    keys = PersonKeys(keystore, MASTER)
    await keys.of(person)
    await keys.destroy(person)
    await keys.destroy(person)
    for store in (keys, PersonKeys(keystore, MASTER)):
        with pytest.raises(KeyDestroyedError):
            await store.of(person)
        assert await store.of_many({person}) == {}
    row = await keystore.fetchrow("SELECT wrapped, destroyed_at FROM person_key WHERE person = $1", person)
    assert row["wrapped"] is None
    assert row["destroyed_at"] is not None


async def test_erasure_by_one_process_reaches_the_others_within_a_minute(keystore: "asyncpg.Pool[Any]") -> None:
    person, seconds = uuid4(), [0.0]
    elsewhere = PersonKeys(keystore, MASTER, clock=lambda: seconds[-1])
    await elsewhere.of(person)
    await PersonKeys(keystore, MASTER).destroy(person)
    seconds.append(60.0)
    with pytest.raises(KeyDestroyedError):
        await elsewhere.of(person)
    assert await elsewhere.of_many({person}) == {}


async def test_a_stolen_key_store_is_useless_without_the_master_key(keystore: "asyncpg.Pool[Any]") -> None:
    person = uuid4()
    await PersonKeys(keystore, MASTER).of(person)
    thief = PersonKeys(keystore, MasterKey(b64encode(bytes(32)).decode()))
    with pytest.raises(UnreadableError):
        await thief.of(person)


async def test_a_wrapped_key_moved_to_another_person_is_refused(keystore: "asyncpg.Pool[Any]") -> None:
    one, other = uuid4(), uuid4()
    keys = PersonKeys(keystore, MASTER)
    await keys.of(one)
    await keystore.execute(
        "INSERT INTO person_key (person, wrapped) SELECT $2, wrapped FROM person_key WHERE person = $1", one, other
    )
    with pytest.raises(UnreadableError):
        await keys.of(other)
