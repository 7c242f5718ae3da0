# SPDX-License-Identifier: EUPL-1.2
"""Requests that were filed as the wrong type become requests of another: what they were before."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "type_change",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("type_id", sa.Uuid(), nullable=False),
        sa.Column("type_version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_type_change_request_id_request"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["type_id"], ["request_type.id"], name=op.f("fk_type_change_type_id_request_type")),
        sa.PrimaryKeyConstraint("request_id", "sequence", name=op.f("pk_type_change")),
    )
    op.create_index("ix_type_change_type", "type_change", ["type_id"])
    # Who reads it is for its new type to say, as when it was filed.
    op.execute(
        "CREATE TRIGGER request_retyped BEFORE UPDATE OF type_id ON request FOR EACH ROW"
        " EXECUTE FUNCTION restrict_filed_request()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER request_retyped ON request")
    op.drop_table("type_change")
