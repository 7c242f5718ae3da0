-- SPDX-License-Identifier: EUPL-1.2
CREATE TABLE idempotency_record (
    caller bytea NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    answer bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, operation, key)
)
