"""The first tables. A later change is a new file beside this one, never an edit here."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_cases()
    _make_messages()
    _make_outbox()
    _make_the_rest()


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(10), primary_key=True),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("channel", "thread", name="cases_one_per_thread"),
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("queued_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("ids", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("case_id", sa.String(10), sa.ForeignKey("cases.id")),
    )
    op.create_index("messages_to_work", "messages", ["state", "queued_at", "due_at"])
    op.create_index("messages_received", "messages", ["received_at"])
    op.create_table(
        "payloads",
        sa.Column("key", sa.String(120), sa.ForeignKey("messages.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("reference", sa.String(120), primary_key=True),
        sa.Column(
            "message_key",
            sa.String(120),
            sa.ForeignKey("messages.key", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
    )


def _make_the_rest() -> None:
    op.create_table(
        "marks",
        sa.Column("account", sa.String(200), primary_key=True),
        sa.Column("folder", sa.String(500), primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("next_uid", sa.BigInteger, nullable=False),
        sa.Column("started", _MOMENT, nullable=False),
        sa.Column("first_uid", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "workers",
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("executor_id", sa.String(40), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("born", sa.String(40), nullable=False),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
        sa.Column("heartbeat", sa.Float, nullable=False),
    )
    op.create_table(
        "seen",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("first_at", _MOMENT, nullable=False),
    )
    op.create_index("seen_first", "seen", ["first_at"])
