"""Columns found by name: ACE's own, those of other layouts, and near misses, in any order and any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NEAR = 90  # of 100: "Liqudation Date" is 96 to its name, "Entry Date" 76 to "Entry Type"
_MOST_ODD = 200  # names of no column of ours that are looked at: the widest report has some 130 columns
_SHORTEST_NEAR = 8  # letters: in a shorter name one slip makes another word

# What the program calls a column -> its name in ACE, and the other names that stand in reports (cape-facts 5; S12).
# Written as `plain` gives them.
NAMES: Mapping[str, tuple[str, frozenset[str]]] = {
    "entry": ("Entry Summary Number", frozenset({
        "entrysummarynumber", "entrynumber", "entrynumbers", "entryno", "entrynos", "entrynum", "entrynbr", "entry",
        "entries", "entrysummary", "entrysummaryno", "entrysummarynbr", "entrysummarynumbers", "cbpentrynumber",
        "customsentrynumber", "esnumber", "entrysummarynum", "entryid",
    })),
    "type": ("Entry Type Code", frozenset({
        "entrytypecode", "entrytype", "type", "typecode", "entrysummarytype", "entrysummarytypecode", "entrytypecd",
        "entrytypenumber", "estype",
    })),
    "importer": ("Importer Number", frozenset({
        "importernumber", "importerno", "importernbr", "importerofrecordnumber", "iornumber", "ior", "importerid", "iorno",
        "importerofrecord", "importerofrecordno", "irsnumber", "importernum", "iornbr", "importerirsnumber", "ein",
        "importerofrecordid",
    })),
    "importer-name": ("Importer Name", frozenset({"importername", "importerofrecordname", "iorname"})),
    "entered": ("Entry Date", frozenset({"entrydate", "dateofentry", "entrydt", "entereddate", "dateentered"})),
    "liquidated": ("Liquidation Date", frozenset({
        "liquidationdate", "liqdate", "liquidationdt", "dateofliquidation", "liquidateddate", "actualliquidationdate",
        "liqdt", "dateliquidated", "entrysummaryliquidationdate",
    })),
    "scheduled": ("Scheduled Liquidation Date", frozenset({
        "scheduledliquidationdate", "anticipatedliquidationdate", "projectedliquidationdate", "scheduledliqdate",
    })),
    "status": ("Liquidation Status", frozenset({
        "liquidationstatus", "liqstatus", "liquidationstatuscode", "liquidationstatusdescription", "liquidationstat",
        "entrysummaryliquidationstatus",
    })),
    "recon": ("Reconciliation Indicator", frozenset({
        "reconciliationindicator", "reconindicator", "reconflag", "recon", "reconciliationissuecode", "reconissuecode",
        "reconciliation", "reconciliationflag", "reconind",
    })),
    "recon-filed": ("Reconciliation Entry Number", frozenset({
        "reconciliationentrynumber", "reconentrynumber", "reconentryno", "reconciliationentryno", "reconfiled", "type09entry",
        "reconciliationfiled", "reconentry",
    })),
    "control": ("Control Status", frozenset({
        "controlstatus", "entrysummarycontrolstatus", "controlstatuscode", "summarycontrolstatus",
    })),
    "summary": ("Entry Summary Status", frozenset({
        "entrysummarystatus", "entrysummarystatuscode", "summarystatus", "entrystatus", "esstatus",
    })),
    "protest-number": ("Protest Number", frozenset({"protestnumber", "protestno", "protestnbr"})),
    "protest": ("Protest Status", frozenset({"proteststatus", "proteststatuscode", "proteststat"})),
    "drawback": ("Drawback Indicator", frozenset({"drawbackindicator", "drawbackflag", "drawback", "drawbackclaimnumber"})),
    "cape": ("CAPE Indicator", frozenset({"capeindicator", "capeflag", "cape", "capeind", "capestatus"})),
    "reason": ("Liquidation Reason Code", frozenset({
        "liquidationreasoncode", "reasoncode", "liqreasoncode", "liquidationreason", "liqreason",
    })),
    "line": ("Entry Summary Line Number", frozenset({
        "entrysummarylinenumber", "linenumber", "lineno", "line", "entrylinenumber", "linenbr", "entrysummaryline",
        "entrysummarylineno", "summarylinenumber",
    })),
    "spi": ("Line SPI Code", frozenset({"linespicode", "spicode", "spi", "linespi", "specialprogramindicator", "primaryspi"})),
    "ordinal": ("Tariff Ordinal Number", frozenset({"tariffordinalnumber", "ordinal", "tariffordinal", "ordinalnumber"})),
    "hts": ("HTS Number - Full", frozenset({
        "htsnumberfull", "htsnumber", "htscode", "hts", "tariffnumber", "htsno", "tariff", "htsnumberfull10digits", "htsus",
        "tariffcode", "linetariffhtsnumber", "htsfull", "htsusnumber",
    })),
    "goods": ("Line Tariff Goods Value Amount", frozenset({
        "linetariffgoodsvalueamount", "goodsvalueamount", "goodsvalue", "enteredvalue", "linevalue", "linegoodsvalueamount",
        "value", "linetariffgoodsvalue", "goodsvalueamt", "linegoodsvalue", "linetariffvalue",
    })),
    "duty": ("Line Tariff Duty Amount", frozenset({
        "linetariffdutyamount", "dutyamount", "duty", "linetariffduty", "linedutyamount", "lineduty", "dutyamt", "dutypaid",
        "ieepadutyamount", "estimatedduty", "dutyamountusd",
    })),
    "claim": ("CLAIM_NUMBER", frozenset({"claimnumber", "claimno", "claim", "claimid", "capeclaimnumber", "claimnbr"})),
    "claim-status": ("STATUS", frozenset({"status", "entrystatus", "claimstatus", "claimentrystatus"})),
    "error": ("ERROR_DESCRIPTION", frozenset({
        "errordescription", "error", "errors", "errormessage", "errormessages", "errordesc", "errordescriptions",
        "validationmessage", "validationerror", "validationresult", "validationerrors", "rejectionreason", "errortext",
        "rejectreason", "failurereason",
    })),
}  # fmt: skip

_KNOWN = frozenset(name for _, names in NAMES.values() for name in names)


def plain(cell: str) -> str:
    """A column's name without what varies: `ENTRY_NUMBER`, `Entry Number ` and `entry number` are one."""
    return "".join(filter(str.isalnum, cell.lower()))


def title(key: str) -> str:
    """A column's name as ACE writes it."""
    return NAMES[key][0]


def found(cells: Iterable[str], keys: Sequence[str]) -> dict[str, int]:
    """Key -> place of its column in a header row, for the keys wanted. Of two columns with one name the first counts.

    A name that is not in the list is taken for the nearest one when they differ by a slip.
    """
    names = [plain(cell) for cell in cells]
    places: dict[str, int] = {}
    for key in keys:
        at = next((index for index, name in enumerate(names) if name in NAMES[key][1]), None)
        if at is not None:
            places.setdefault(key, at)
    taken = set(places.values())
    odd = [(at, name) for at, name in enumerate(names) if len(name) >= _SHORTEST_NEAR and name not in _KNOWN][
        :_MOST_ODD
    ]
    for key in keys:
        if key not in places and (at := _near(odd, key, taken)) is not None:
            places[key] = at
            taken.add(at)
    return places


def _near(odd: list[tuple[int, str]], key: str, taken: set[int]) -> int | None:
    for at, name in odd:
        if at not in taken and process.extractOne(name, NAMES[key][1], scorer=fuzz.ratio, score_cutoff=_NEAR):
            return at
    return None
