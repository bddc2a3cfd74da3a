"""The trail: who asked, which drafts, by what names a thread is called, and what was deleted since."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what is new; rows from before stay without it."""
    for name in ("sender", "people", "drafts"):
        op.add_column("messages", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("messages", sa.Column("files", sa.Integer, nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("purged_at", _MOMENT))
    op.create_index("messages_thread", "messages", ["channel", "thread"])
    op.create_index("messages_case", "messages", ["case_id"])
    op.create_table(
        "names",
        sa.Column("channel", sa.String(100), primary_key=True),
        sa.Column("name", sa.String(250), primary_key=True),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
    )
    op.create_index("names_first", "names", ["first_at"])
