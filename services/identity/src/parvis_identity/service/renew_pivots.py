# SPDX-License-Identifier: EUPL-1.2
"""Put proofs of civil status under today's index, where an earlier version wrote the names in another form.

Sign-ins find people under both forms. A roll of voters has one key of a person, which is made of the stored index:
until a proof is renewed, whoever's names were typed with commas or ligatures has another key than at a desk.
"""

from parvis_identity.db import identity_proofs
from parvis_identity.db.people import People
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database

_BATCH = 500


async def renew_pivots(database: Database, persons: PersonKeys, index: BlindIndex) -> int:
    """Returns how many were renewed; safe to repeat, and to break off.

    A proof whose civil status the account no longer has as it was seen stays as it is: nothing says what it was.
    """
    renewed, place = 0, None
    while True:
        async with database.unit_of_work() as uow:
            people = People(uow.session, index)
            found = await identity_proofs.after(uow.session, place, _BATCH)
            keys = await persons.of_many({person for _, person, _ in found})
            for proof, person_id, stored in found:
                key = keys.get(person_id)
                person = await people.find(person_id, key) if key else None
                current = people.pivot_index(person.identity) if person else None
                if person and current and current != stored and stored in people.pivot_indexes(person.identity):
                    await identity_proofs.reindex(uow.session, proof, stored, current)
                    renewed += 1
            await uow.commit()
        if len(found) < _BATCH:
            return renewed
        place = found[-1][0]
