"""A sender who has tried what the rule says, or shows what it asks for, is not sent to do it again."""

from datetime import date
from pathlib import Path

import pytest

from bot.core.model import Incoming
from bot.core.spotting import Spotter
from bot.core.triage import Known, triage
from bot.knowledge import load

CATALOGUE = load(Path(__file__).parents[2] / "knowledge")
KNOWN = Known(CATALOGUE, Spotter(CATALOGUE))


@pytest.mark.parametrize(
    ("text", "step", "drafts"),
    [
        ("CAPE: Unable to Calculate Duty on one entry.", "resubmit", 0),
        ("CAPE: Unable to Calculate Duty on one entry. Please draft the mail to CBP.", "resubmit", 1),
        ("CAPE: Unable to Calculate Duty on one entry. We refiled it, same error.", "escalate", 1),
        ("Rejected by batch validation. What now?", "fix-and-resubmit", 0),
        ("Rejected by batch validation. The importer number matches the CF-7501.", "escalate", 1),
        ("Rejected by batch validation, same error again.", "fix-and-resubmit", 0),
    ],
)
def test_the_step_follows_what_the_sender_says(text, step, drafts):
    got = triage(Incoming(id="1", sender="pat@harborlight.example", text=text), KNOWN, date(2026, 11, 24))
    assert (got.findings[0].next_step, len(got.drafts)) == (step, drafts)
