-- SPDX-License-Identifier: EUPL-1.2
CREATE TABLE IF NOT EXISTS person_key (
    person uuid PRIMARY KEY,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
)
