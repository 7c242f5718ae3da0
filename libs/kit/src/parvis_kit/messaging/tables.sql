-- SPDX-License-Identifier: EUPL-1.2
-- The tables behind outbox, inbox and parked events; the same in each service, made by its first migration.
--
-- The outbox is partitioned by day, so that the journal's end is dropped, not deleted. Its rows' day is that of their
-- insertion. The service's role may not create or drop tables: two functions of the owner do it for it.
-- An empty line stands before each statement and nowhere else.

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
) PARTITION BY RANGE (day);

-- Only what waits is in this index: it stays small however long the journal is kept.
CREATE INDEX ix_outbox_unsent ON outbox (bucket, aggregate_id, sequence) WHERE sent_at IS NULL;

CREATE TABLE inbox (
    consumer text NOT NULL,
    source text NOT NULL,
    id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, source, id)
);

CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);

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
);

CREATE INDEX ix_parked_event_key ON parked_event (consumer, topic, key, position);

CREATE INDEX ix_parked_event_due ON parked_event (consumer, next_attempt_at);

CREATE TABLE relay_broker (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    identity text NOT NULL,
    met_at timestamptz NOT NULL DEFAULT now()
);

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
END $$;

-- A day that still holds an unsent event is never dropped, however old it is.
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
END $$;

SELECT outbox_make_days(14);
