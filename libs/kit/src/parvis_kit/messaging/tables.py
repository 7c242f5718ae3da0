# SPDX-License-Identifier: EUPL-1.2
"""The tables behind outbox, inbox and parked events; the same in each service, made by its first migration.

The outbox is partitioned by day, so that the journal's end is dropped, not deleted. Its rows' day is that of their
insertion. The service's role may not create or drop tables: two functions of the owner do it for it.
"""

from typing import Any, Final

_OUTBOX: Final = """
CREATE TABLE outbox (
    day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    id uuid NOT NULL,
    topic text NOT NULL,
    aggregate_id uuid NOT NULL,
    sequence bigint NOT NULL,
    bucket smallint NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL,
    collectivity text NOT NULL,
    occurred_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    traceparent text,
    sent_at timestamptz,
    PRIMARY KEY (day, id)
) PARTITION BY RANGE (day)
"""
# Only what waits is in this index: it stays small however long the journal is kept.
_UNSENT: Final = "CREATE INDEX ix_outbox_unsent ON outbox (bucket, aggregate_id, sequence) WHERE sent_at IS NULL"
_INBOX: Final = """
CREATE TABLE inbox (
    consumer text NOT NULL,
    source text NOT NULL,
    id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, source, id)
)
"""
_INBOX_AGE: Final = "CREATE INDEX ix_inbox_handled_at ON inbox (handled_at)"
_PARKED: Final = """
CREATE TABLE parked_event (
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, topic, partition, position)
)
"""
_PARKED_KEY: Final = "CREATE INDEX ix_parked_event_key ON parked_event (consumer, topic, key, position)"
_PARKED_DUE: Final = "CREATE INDEX ix_parked_event_due ON parked_event (consumer, next_attempt_at)"
_BROKER: Final = """
CREATE TABLE relay_broker (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    identity text NOT NULL,
    met_at timestamptz NOT NULL DEFAULT now()
)
"""
_MAKE_DAYS: Final = """
CREATE FUNCTION outbox_make_days(ahead integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    first date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    FOR offset_days IN 0 .. least(ahead, 60) LOOP
        IF to_regclass(format('outbox_%s', to_char(first + offset_days, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format('CREATE TABLE outbox_%s PARTITION OF outbox FOR VALUES FROM (%L) TO (%L)',
                to_char(first + offset_days, 'YYYYMMDD'), first + offset_days, first + offset_days + 1);
        END IF;
    END LOOP;
END $$
"""
# A day that still holds an unsent event is never dropped, however old it is.
_DROP_DAYS: Final = """
CREATE FUNCTION outbox_drop_days(keep integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    last date := (now() AT TIME ZONE 'UTC')::date - greatest(keep, 1);
    old record;
    waiting boolean;
    dropped integer := 0;
BEGIN
    FOR old IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'outbox'::regclass AND c.relname < format('outbox_%s', to_char(last, 'YYYYMMDD'))
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE sent_at IS NULL)', old.relname) INTO waiting;
        IF NOT waiting THEN
            EXECUTE format('DROP TABLE %I', old.relname);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$
"""
_CREATE: Final = (
    _OUTBOX, _UNSENT, _INBOX, _INBOX_AGE, _PARKED, _PARKED_KEY, _PARKED_DUE, _BROKER, _MAKE_DAYS, _DROP_DAYS,
    "SELECT outbox_make_days(14)",
)  # fmt: skip
_DROP: Final = (
    "DROP FUNCTION outbox_drop_days(integer)",
    "DROP FUNCTION outbox_make_days(integer)",
    *(f"DROP TABLE {name}" for name in ("relay_broker", "parked_event", "inbox", "outbox")),
)


def create_messaging_tables(op: Any) -> None:
    """Create them all, with the partitions of the next 14 days; ``op`` is alembic's."""
    for statement in _CREATE:
        op.execute(statement)


def drop_messaging_tables(op: Any) -> None:
    """Undo :func:`create_messaging_tables`."""
    for statement in _DROP:
        op.execute(statement)
