-- SPDX-License-Identifier: EUPL-1.2
CREATE UNLOGGED TABLE dpop_proof (
    proof bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

CREATE INDEX ix_dpop_proof_expires_at ON dpop_proof (expires_at)
