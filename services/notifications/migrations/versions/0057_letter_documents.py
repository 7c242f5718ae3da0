# SPDX-License-Identifier: EUPL-1.2
"""Letters that come as a PDF: the PDF, and that no template has written it."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_document",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["sent_message.id"],
            name=op.f("fk_letter_document_message_id_sent_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_letter_document")),
    )
    op.add_column("sent_message", sa.Column("postage", sa.String(), nullable=True))
    # Whoever runs the version before joins templates, and does not see the rows without.
    for name in ("template_id", "template_version"):
        op.execute(f"-- squawk-ignore ban-drop-not-null\nALTER TABLE sent_message ALTER COLUMN {name} DROP NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM message m USING sent_message s WHERE s.id = m.id AND s.template_id IS NULL")
    op.alter_column("sent_message", "template_version", nullable=False)
    op.alter_column("sent_message", "template_id", nullable=False)
    op.drop_column("sent_message", "postage")
    op.drop_table("letter_document")
