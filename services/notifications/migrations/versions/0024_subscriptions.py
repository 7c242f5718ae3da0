# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions to what happens in the town, and what goes to many at once."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = (
    "broadcast_delivery",
    "recipient",
    "broadcast_area",
    "broadcast",
    "subscription_code",
    "consent",
    "place",
    "subscription",
    "subscriber",
    "news_topic",
)
_STATEMENTS = """
CREATE TABLE news_topic (
    collectivity VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    label JSONB NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_news_topic PRIMARY KEY (collectivity, code)
);
CREATE TABLE subscriber (
    id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    person UUID,
    key_person UUID NOT NULL,
    language VARCHAR NOT NULL,
    email BYTEA,
    email_mark BYTEA,
    phone BYTEA,
    phone_mark BYTEA,
    contact_due_at TIMESTAMP WITH TIME ZONE,
    news_at TIMESTAMP WITH TIME ZONE,
    emergency_at TIMESTAMP WITH TIME ZONE,
    exercise_at TIMESTAMP WITH TIME ZONE,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_subscriber PRIMARY KEY (id)
);
CREATE INDEX ix_subscriber_contact_due ON subscriber (contact_due_at) WHERE contact_due_at IS NOT NULL;
CREATE INDEX ix_subscriber_email_mark ON subscriber (collectivity, email_mark) WHERE email_mark IS NOT NULL;
CREATE INDEX ix_subscriber_emergency ON subscriber (collectivity) WHERE emergency_at IS NOT NULL;
CREATE INDEX ix_subscriber_pending ON subscriber (collectivity, created_at) WHERE state = 'pending';
CREATE INDEX ix_subscriber_person ON subscriber (person) WHERE person IS NOT NULL;
CREATE INDEX ix_subscriber_phone_mark ON subscriber (collectivity, phone_mark) WHERE phone_mark IS NOT NULL;
CREATE UNIQUE INDEX uq_subscriber_person ON subscriber (collectivity, person) WHERE person IS NOT NULL;
CREATE TABLE subscription (
    subscriber_id UUID NOT NULL,
    topic VARCHAR NOT NULL,
    collectivity VARCHAR NOT NULL,
    channels TEXT[] NOT NULL,
    CONSTRAINT pk_subscription PRIMARY KEY (subscriber_id, topic),
    CONSTRAINT fk_subscription_subscriber_id FOREIGN KEY(subscriber_id)
        REFERENCES subscriber (id) ON DELETE CASCADE
);
CREATE INDEX ix_subscription_topic ON subscription (collectivity, topic);
CREATE TABLE place (
    id UUID NOT NULL,
    subscriber_id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    ordinal SMALLINT NOT NULL,
    label BYTEA NOT NULL,
    position point,
    radius INTEGER,
    outline polygon,
    CONSTRAINT pk_place PRIMARY KEY (id),
    CONSTRAINT fk_place_subscriber_id FOREIGN KEY(subscriber_id)
        REFERENCES subscriber (id) ON DELETE CASCADE
);
CREATE INDEX ix_place_outline ON place USING gist (outline);
CREATE INDEX ix_place_position ON place USING gist (position);
CREATE INDEX ix_place_subscriber_id ON place (subscriber_id);
CREATE TABLE consent (
    id UUID NOT NULL,
    subscriber_id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    given BOOLEAN NOT NULL,
    words VARCHAR NOT NULL,
    way VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT fk_consent_subscriber_id FOREIGN KEY(subscriber_id)
        REFERENCES subscriber (id) ON DELETE CASCADE
);
CREATE INDEX ix_consent_subscriber ON consent (subscriber_id, created_at, id);
CREATE TABLE subscription_code (
    subscriber_id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    mark BYTEA NOT NULL,
    tries SMALLINT DEFAULT 0 NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_subscription_code PRIMARY KEY (subscriber_id),
    CONSTRAINT fk_subscription_code_subscriber_id FOREIGN KEY(subscriber_id)
        REFERENCES subscriber (id) ON DELETE CASCADE
);
CREATE INDEX ix_subscription_code_expires ON subscription_code (expires_at);
CREATE TABLE broadcast (
    id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    lane VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    topic VARCHAR,
    texts JSONB NOT NULL,
    link VARCHAR,
    everywhere BOOLEAN NOT NULL,
    area_label VARCHAR,
    channels TEXT[] NOT NULL,
    escalate_seconds INTEGER,
    exercise BOOLEAN NOT NULL,
    author UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_broadcast PRIMARY KEY (id)
);
CREATE INDEX ix_broadcast_created_at ON broadcast (created_at);
CREATE INDEX ix_broadcast_lane ON broadcast (collectivity, lane, created_at, id);
CREATE INDEX ix_broadcast_open ON broadcast (lane, created_at) WHERE state IN ('ready', 'sending');
CREATE TABLE broadcast_area (
    broadcast_id UUID NOT NULL,
    ordinal SMALLINT NOT NULL,
    collectivity VARCHAR NOT NULL,
    outline polygon NOT NULL,
    CONSTRAINT pk_broadcast_area PRIMARY KEY (broadcast_id, ordinal),
    CONSTRAINT fk_broadcast_area_broadcast_id FOREIGN KEY(broadcast_id)
        REFERENCES broadcast (id) ON DELETE CASCADE
);
CREATE TABLE recipient (
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    broadcast_id UUID NOT NULL,
    subscriber_id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    answer VARCHAR,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recipient PRIMARY KEY (number)
);
CREATE INDEX ix_recipient_answer ON recipient (broadcast_id, answer, answered_at) WHERE answer IS NOT NULL;
CREATE INDEX ix_recipient_subscriber ON recipient (subscriber_id);
CREATE UNIQUE INDEX uq_recipient_broadcast_id_subscriber_id ON recipient (broadcast_id, subscriber_id);
CREATE TABLE broadcast_delivery (
    recipient BIGINT NOT NULL,
    channel VARCHAR NOT NULL,
    broadcast_id UUID NOT NULL,
    collectivity VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    attempts SMALLINT DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    claim UUID,
    handed_over_at TIMESTAMP WITH TIME ZONE,
    provider VARCHAR,
    provider_reference VARCHAR,
    last_reply VARCHAR,
    segments SMALLINT,
    cost_millicents BIGINT,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_broadcast_delivery PRIMARY KEY (recipient, channel)
);
CREATE INDEX ix_broadcast_delivery_due ON broadcast_delivery (broadcast_id, channel, due_at);
"""


def upgrade() -> None:
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
