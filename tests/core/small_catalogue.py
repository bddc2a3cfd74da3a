"""A small catalogue with official messages that are hard to tell apart. Rules and advice are of no matter here."""

from datetime import date

from bot.core.catalogue import Advice, Catalogue, KnownError, Rule

_DAY = date(2026, 4, 20)


def known(id_, *messages, wordings=(), codes=(), near=()):
    return KnownError(
        id=id_, title=id_, kind="entry", is_error=True, filed="unknown", messages=messages, wordings=wordings,
        matches=(), not_matches=(), rules=(Rule(_DAY, "wait", "never"),), advice=(Advice(_DAY, ()),), contact="",
        sources=(), verified=_DAY, codes=codes, near=near,
    )  # fmt: skip


SMALL = Catalogue(
    errors=(
        # The same words as the CAPE message below, but returned by ABI with a code.
        known("abi-613-hts-relationship-mismatch", "HTS RELATIONSHIP MISMATCH", codes=("613",), near=("ABI", "error")),
        known("ace-error-42", "Error Code 42", codes=("42",), near=("error", "code")),
        known("accepted-with-errors", "Accepted with Error(s)", wordings=("accepted with errors",)),
        known("claim-not-started", "Not Started", near=("claim", "status")),
        known("duplicate-entry", "Duplicate Entry"),
        known("entry-on-drawback", "Entry on Drawback", wordings=("on a drawback claim",)),
        known("exceeds-maximum-entries", "The file exceeds the maximum 10,000 allowed entry numbers per file"),
        known("final-liquidation", "Entry Summary is in Final Liquidation Status"),
        known("hts-relationship-mismatch", "HTS Relationship Mismatch"),
        known("hts-relationship-sequence-mismatch", "HTS RELATIONSHIP/SEQUENCE MISMATCH"),
        known("invalid-hts", "Invalid HTS"),
        known(
            "jms-processing-exception",
            "Unable to process this request at the time. Uncategorized exception occurred during JMS processing.",
            wordings=("JMS error",),
        ),
        known("no-ieepa-hts", "No IEEPA HTS on Entry"),
        known("not-11-characters-long", "Not 11 characters long"),
        known(
            "psc-not-allowed-864",
            "PSC NOT ALLOWED – REFUND REQUESTED",
            "PSC is not allowed due to a CAPE Refund in process.",
            codes=("864",),
            near=("error", "code", "PSC"),
        ),
        known("statement-processing-not-complete", "Statement Processing Not Complete"),
        known("unable-to-calculate-duty", "Unable to Calculate Duty-'{…}' Duty Comp Code", "UNABLE TO CALCULATE DUTY"),
        known("recon-already-filed", "Recon Already Filed for Entry Summary"),
    ),
    contacts=(),
    topic_words=("CAPE", "IEEPA", "claim"),
    hinge_words=("not", "no", "already", "without", "no longer", "final", "complete", "incomplete", "unable", "able"),
)
