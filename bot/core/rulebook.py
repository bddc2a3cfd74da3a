"""What CBP counts and allows, as of a day: windows, limits, entry types, headings, phases. Data: knowledge/rules.toml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.core.words import day_words

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOWS = (
    "cape", "cape-file-by", "voluntary-reliquidation", "protest", "planned-liquidation", "psc-after-entry",
    "psc-before-liquidation", "recon-first",
)  # fmt: skip
DAYS = ("ieepa-last-entry",)
LIMITS = ("entries", "bytes")
CAPE = ("yes", "no", "later")
CHECKS = ("goods-value", "pairing", "exemption-program")
CLASSES = (
    "ieepa", "ieepa-exempt", "section-122", "section-338-exempt", "section-301", "section-232", "section-201",
)  # fmt: skip


class _Dated(Protocol):
    @property
    def start(self) -> date: ...


D = TypeVar("D", bound=_Dated)


@dataclass(frozen=True, slots=True)
class Count:
    """A window in days or a limit, from `start` on."""

    name: str
    value: int
    start: date
    what: str


@dataclass(frozen=True, slots=True)
class EntryType:
    """Whether CAPE takes entries of these types: yes, no, or in a later phase."""

    codes: tuple[str, ...]
    cape: str
    start: date
    what: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The HTS headings of a class: single ones, beginnings ("9903.88"), and ranges of two."""

    kind: str
    listed: tuple[str, ...]
    start: date
    what: str

    def holds(self, digits: str) -> bool:
        """Whether a number of at least eight digits, without dots, is one of them."""
        return any(_within(digits, one) for one in self.listed)


@dataclass(frozen=True, slots=True)
class Check:
    """What is looked for in an entry's rows before it is filed: the known error `id`, on the rows that `look_at` names."""

    name: str
    id: str
    look_at: tuple[str, ...]
    start: date
    what: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of CAPE, as CBP numbers it."""

    name: str
    start: date
    what: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules. Of several with one name the newest not after the day decides; before the first, the first."""

    windows: tuple[Count, ...] = ()
    limits: tuple[Count, ...] = ()
    days: tuple[tuple[str, date], ...] = ()
    types: tuple[EntryType, ...] = ()
    headings: tuple[Headings, ...] = ()
    phases: tuple[Phase, ...] = ()
    checks: tuple[Check, ...] = ()

    def window(self, name: str, day: date) -> timedelta:
        """The length of a window. KeyError when there is none of the name."""
        return timedelta(days=_newest((one for one in self.windows if one.name == name), day, name).value)

    def limit(self, name: str, day: date) -> int:
        """A limit. KeyError when there is none of the name."""
        return _newest((one for one in self.limits if one.name == name), day, name).value

    def day(self, name: str) -> date:
        """A day on which something began or ended. KeyError when there is none of the name."""
        return dict(self.days)[name]

    def entry_type(self, code: str, day: date) -> EntryType | None:
        """What holds for an entry type; None when nothing is known of it."""
        found = [one for one in self.types if code in one.codes]
        return _newest(found, day, code) if found else None

    def check(self, name: str, day: date) -> Check | None:
        """The check of this name that is made on a day; None while CBP makes none."""
        found = [one for one in self.checks if one.name == name and one.start <= day]
        return max(found, key=lambda one: one.start) if found else None

    def heading_class(self, hts: str, day: date) -> str:
        """The class of an HTS number, with dots or without; empty for an ordinary one."""
        digits = "".join(filter(str.isdigit, hts))
        found = [one for one in self.headings if one.holds(digits)]
        in_force = [one for one in found if one.start <= day]
        if in_force:
            return max(in_force, key=lambda one: one.start).kind
        return min(found, key=lambda one: one.start).kind if found else ""  # before the first list, the first

    def psc_today(self, day: date) -> str:
        """For which entries a Post Summary Correction is still possible on a day, in a sentence."""
        oldest, last = day - self.window("psc-after-entry", day), self.day("ieepa-last-entry")
        if oldest > last:
            return f"PSC on {day_words(day)}: closed for every IEEPA entry; the last are of {day_words(last)}."
        return (
            f"PSC on {day_words(day)}: only for unliquidated entries dated {day_words(oldest)} or later, and no later than"
            f" {self.window('psc-before-liquidation', day).days} days before the scheduled liquidation."
        )

    def liquidated_today(self, day: date) -> str:
        """Which liquidation dates CAPE and a protest still reach on a day, in a sentence."""
        cape, protest = day - self.window("cape", day), day - self.window("protest", day)
        return (
            f"On {day_words(day)}: CAPE takes entries liquidated {day_words(cape)} or later; a protest is possible for"
            f" those liquidated {day_words(protest)} or later."
        )


def _newest(found: Iterable[D], day: date, name: str) -> D:
    ordered = sorted(found, key=lambda one: one.start)
    if not ordered:
        raise KeyError(name)
    return next((one for one in reversed(ordered) if one.start <= day), ordered[0])


def _within(digits: str, listed: str) -> bool:
    first, _, last = ("".join(c for c in part if c.isdigit() or c == "-") for part in listed.partition("-"))
    if not last:
        return digits.startswith(first)
    return first <= digits[: len(first)] <= last
