-- SPDX-License-Identifier: EUPL-1.2
-- Dead letters of the consumers of one service; made by a migration of each service that has a consumer.
--
-- What was on Kafka is bytes here, headers too (as JSON in ASCII): no content is refused. Collectivity, type and id of
-- the event are as its headers say, where they can be read. A letter that lay parked under a position below zero was
-- sent again before, and died once more.
-- An empty line stands before each statement and nowhere else.

CREATE TABLE dead_letter (
    id uuid PRIMARY KEY,
    number integer NOT NULL GENERATED ALWAYS AS IDENTITY,
    consumer text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    digest bytea NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    headers bytea NOT NULL,
    reason text NOT NULL,
    collectivity text,
    type text,
    event_id uuid,
    state text NOT NULL DEFAULT 'waiting',
    buried_at timestamptz NOT NULL,
    mended bytea,
    note text,
    settled_by text,
    settled_at timestamptz,
    CONSTRAINT ck_dead_letter_state CHECK (state IN ('waiting', 'redriven', 'discarded')),
    CONSTRAINT ck_dead_letter_settled CHECK (
        (state = 'waiting') = (settled_at IS NULL) AND (settled_at IS NULL) = (settled_by IS NULL)
    )
);

-- One event is one letter, however often it is read or sent: its id is in the digest of key, headers and value.
CREATE UNIQUE INDEX ix_dead_letter_digest ON dead_letter (consumer, topic, digest) WHERE position >= 0;

CREATE INDEX ix_dead_letter_collectivity ON dead_letter (collectivity, buried_at, id);

CREATE INDEX ix_dead_letter_buried_at ON dead_letter (buried_at, id);

CREATE INDEX ix_dead_letter_waiting ON dead_letter (consumer) WHERE state = 'waiting';

CREATE INDEX ix_dead_letter_settled_at ON dead_letter (settled_at) WHERE settled_at IS NOT NULL
