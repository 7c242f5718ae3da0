# SPDX-License-Identifier: EUPL-1.2
"""A town of residents, a fifth of whom live where the danger is, and an alert for those."""

from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from parvis_bench.taking import SINGLE
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.settings import Settings

_BATCH: Final = 5_000
# The danger is in the south of the town; its outline has 500 corners.
_INSIDE, _OUTSIDE = "point(2.30 + random() * 0.1, 48.80 + random() * 0.0999)", "point(2.30 + random() * 0.1, 48.95)"
_COLUMNS: Final = ("id", "email", "email_mark", "phone", "phone_mark")
_SUBSCRIBERS: Final = """
INSERT INTO subscriber (id, collectivity, kind, state, key_person, language, email, email_mark, phone, phone_mark,
    emergency_at, version, created_at, updated_at)
SELECT id, 'paris', 'address', 'active', id, CASE WHEN random() < 0.1 THEN 'en' ELSE 'fr' END, email, email_mark, phone,
    phone_mark, now(), 1, now(), now() FROM bench_resident
"""
_PLACES: Final = """
INSERT INTO place (id, subscriber_id, collectivity, ordinal, label, position)
SELECT gen_random_uuid(), id, 'paris', 0, '\\x00', {where} FROM bench_resident
"""
_FAR: Final = """
INSERT INTO bench_resident SELECT gen_random_uuid(), '\\x00', decode(md5('e' || n), 'hex'), '\\x00',
    decode(md5('p' || n), 'hex') FROM generate_series(1, $1::int) n
"""
_BROADCAST: Final = """
INSERT INTO broadcast (id, collectivity, lane, state, texts, everywhere, area_label, channels, exercise, author,
    approver, version, created_at)
VALUES ($1, 'paris', 'alert', 'draft', $2, false, 'Quais', $3, false, gen_random_uuid(), gen_random_uuid(), 1, now())
"""
_ALERT: Final = """
INSERT INTO alert (id, collectivity, kind, event, category, urgency, severity, certainty, earlier, named_areas,
    expires_at) VALUES ($1, 'paris', 'alert', '{}', 'Met', 'Immediate', 'Severe', 'Observed', '{}', '{}',
    now() + interval '6 hours')
"""
_TEXTS: Final = (
    '{"fr": {"subject": "Crue de la Seine", "body": "L\'eau monte vite. Montez à l\'étage."},'
    ' "en": {"subject": "Flood", "body": "The water rises fast. Go upstairs."}}'
)
_READY: Final = "UPDATE broadcast SET state = 'ready', created_at = clock_timestamp() WHERE id = $1"


async def settle(settings: Settings, residents: int, inside: int) -> None:
    """Let them live there, those inside with keys and sealed addresses of their own."""
    keys = await asyncpg.create_pool(settings.keystore_url.get_secret_value(), min_size=1, max_size=2)
    connection: Any = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        persons = PersonKeys(keys, MasterKey(settings.master_key.get_secret_value()))
        await connection.execute(
            "CREATE TEMPORARY TABLE bench_resident (id uuid, email bytea, email_mark bytea, phone bytea,"
            " phone_mark bytea)"
        )
        for start in range(0, inside, _BATCH):
            ids = [uuid4() for _ in range(min(_BATCH, inside - start))]
            made = await persons.of_many(set(ids), make=True)
            rows = [
                (
                    id_,
                    made[id_].seal("subscriber.email", f"resident{start + n}@example.org"),
                    id_.bytes,
                    made[id_].seal("subscriber.phone", f"+336{start + n:08}"),
                    id_.bytes,
                )
                for n, id_ in enumerate(ids)
            ]
            await connection.copy_records_to_table("bench_resident", records=rows, columns=_COLUMNS)
        await _move_in(connection, _INSIDE)
        await connection.execute("TRUNCATE bench_resident")
        await connection.execute(_FAR, residents - inside, timeout=600)
        await _move_in(connection, _OUTSIDE)
        await connection.execute("ANALYZE subscriber", timeout=600)
        await connection.execute("ANALYZE place", timeout=600)
    finally:
        await connection.close()
        await keys.close()


async def _move_in(connection: Any, where: str) -> None:
    await connection.execute(_SUBSCRIBERS, timeout=900)
    await connection.execute(_PLACES.format(where=where), timeout=900)


async def draft(connection: Any, channel: str) -> UUID:
    """An alert for those inside, approved by somebody else and not sent yet."""
    alert = uuid4()
    await connection.execute(_BROADCAST, alert, _TEXTS, [channel])
    await connection.execute(_ALERT, alert)
    north = [(2.30 + 0.1 * n / 497, 48.90) for n in range(498)]
    outline = asyncpg.Polygon((2.30, 48.79), *north, (2.40, 48.79))
    await connection.execute("INSERT INTO broadcast_area VALUES ($1, 0, 'paris', $2)", alert, outline)
    return alert


async def let_go(connection: Any, alert: UUID) -> None:
    """Have it sent."""
    await connection.execute(_READY, alert)


async def one_mail(connection: Any, settings: Settings) -> None:
    """A mail to one person, due at once, as a receipt is."""
    keys = await asyncpg.create_pool(settings.keystore_url.get_secret_value(), min_size=1, max_size=1)
    persons, message, person = PersonKeys(keys, MasterKey(settings.master_key.get_secret_value())), uuid4(), uuid4()
    key = await persons.of(person)
    await keys.close()
    await connection.execute(
        "INSERT INTO message (id, collectivity, person, position, event_source, event_id, template, language, subject,"
        " body, link, version, sequence, created_at) VALUES ($1, 'paris', $2, 1, '/bench', $1, 'request-taken', 'fr',"
        " $3, $4, 'http://localhost/', 1, 0, now())",
        message,
        person,
        key.seal("message.subject", "Votre demande"),
        key.seal("message.body", "Elle est prise en charge."),
    )
    await connection.execute(
        "INSERT INTO delivery (id, message_id, channel, collectivity, address, state, attempts, due_at, created_at)"
        " VALUES (gen_random_uuid(), $1, 'email', 'paris', $2, 'pending', 0, now(), now())",
        message,
        key.seal(SEALED_ADDRESS, f"{SINGLE}example.org"),
    )
