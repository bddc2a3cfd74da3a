"""What was pressed under an answer, and the questions that people were asked about it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "presses",
        _reference(),
        sa.Column("what", sa.String(20), primary_key=True),
        sa.Column("slot", sa.String(40), primary_key=True),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "asks",
        _reference(),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("taken_by", sa.String(40), nullable=False),
        sa.Column("taken_at", _MOMENT),
        sa.Column("resolved_by", sa.String(40), nullable=False),
        sa.Column("resolved_at", _MOMENT),
    )


def _reference() -> sa.Column[str]:
    return sa.Column(
        "reference", sa.String(120), sa.ForeignKey("outbox.reference", ondelete="CASCADE"), primary_key=True
    )
