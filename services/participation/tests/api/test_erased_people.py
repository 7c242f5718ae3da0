# SPDX-License-Identifier: EUPL-1.2
"""Somebody whose account was erased: identity tells of it, and this service's key of theirs goes."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from merged_accounts import hear, merged

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_testing import Caller, Harness

TYPE = "fr.parvis.identity.person-erased.v1"
EXAMPLE = Path(__file__).parents[4] / "contracts/examples/events" / f"{TYPE}.json"


def gone(person: Caller) -> Event:
    data = json.loads(EXAMPLE.read_text("utf-8")) | {"person": person.subject}
    return replace(merged(person, person), type=TYPE, data=data)


async def test_the_key_of_who_was_erased_goes_and_nobody_else_s(service: Harness) -> None:
    author, other = service.citizen(), service.citizen()
    both = {UUID(author.subject), UUID(other.subject)}
    await service.runtime.persons.of_many(both, make=True)
    await hear(service, gone(author), gone(author))
    assert (await service.runtime.persons.of_many(both)).keys() == {UUID(other.subject)}
    with pytest.raises(KeyDestroyedError):
        await service.runtime.persons.of(UUID(author.subject))


async def test_an_event_without_a_person_is_refused(service: Harness) -> None:
    with pytest.raises(MalformedEventError):
        await hear(service, replace(gone(service.citizen()), data={}))
