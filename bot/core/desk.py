"""The numbers of one message that wait for a person, and what the thread's messages say of each, one after the other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core import entry_number
from bot.core.confirming import Saying, Says, Words
from bot.core.escalation import one_line
from bot.core.pending import SHOWN, Pending, in_sheet, rows_words, spans_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.core.model import Sheet

_Key = tuple[int, int, str]  # file, row, value
_SHOWN_WORDS = 120  # characters of the sender's sentence that are shown back
_SENTENCES = 3  # of them
_SHORT_ANSWER = 4  # words: "yes", "all good"; longer and without a row or number it is about something else
_OF_ROWS = re.compile(r"confirm|\brows?\b", re.IGNORECASE)
_NO_PROPOSAL = "I have no proposal. Answer “ROW is …” with the number on the CF-7501, or correct it in the file"
_HERE = "ROW"
_ALIKE = "the same value stands in several rows, and I cannot tell them apart by it. Correct them in the file"
_TORN = "your words contradict each other"


@dataclass(slots=True)
class _Said:
    """One message's sayings, by the number that they are about. `generally` is what is said of all."""

    by_kind: dict[Says, dict[_Key, Pending]] = field(default_factory=lambda: {kind: {} for kind in Says})
    numbers: dict[_Key, set[str]] = field(default_factory=dict)
    generally: dict[Says, dict[_Key, Pending]] = field(default_factory=lambda: {kind: {} for kind in Says})

    def add(self, saying: Saying, about: Sequence[Pending]) -> None:
        found = {key_of(one): one for one in about}
        (self.generally if saying.everything else self.by_kind)[saying.says].update(found)
        if saying.says is Says.IS:
            for key in found:
                self.numbers.setdefault(key, set()).add(entry_number.compact(saying.number))

    def of(self, one: Pending) -> str:
        """`yes`, `no`, `torn` between both, or empty: nothing. What is said of one goes before what is said of all."""
        key = key_of(one)
        if key in self.by_kind[Says.BUT]:
            return "no"
        for said in (self.by_kind, self.generally):
            yes, no = key in said[Says.YES] or key in said[Says.IS], key in said[Says.NO]
            if yes or no:
                meant = self.numbers.get(key, set()) | (
                    {one.number} if key in said[Says.YES] and self.numbers else set()
                )
                return "torn" if (yes and no) or (key in self.numbers and len(meant) > 1) else "yes" if yes else "no"
        return ""

    def number(self, one: Pending) -> str:
        return next(iter(self.numbers.get(key_of(one), ())), "")


@dataclass(slots=True)
class Desk:
    """What waits, in which files (the place among the `tables` -> name), and what is `agreed` so far.

    `notes` are sentences about what the newest message says and could not be done.
    """

    files: Mapping[int, str]
    waiting: tuple[Pending, ...]
    agreed: dict[_Key, tuple[Pending, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: int = 0

    @classmethod
    def of(cls, tables: Sequence[Sheet], in_words: tuple[Pending, ...]) -> Desk:
        """Lay out what waits in the files and words of a message."""
        files = {at: one_line(one.name) for at, one in enumerate(tables) if one.kind != "other" and not one.refused}
        waiting = (*(one for at in files for one in in_sheet(tables[at], at)), *in_words)
        return cls(files, waiting, tables=len(tables))

    def apply(self, words: Words, *, answers: bool) -> None:
        """Take what the next message says. `answers`: the rows were asked about before it."""
        self.notes.clear()
        said = _Said()
        for saying in words.sayings:
            if answers or saying.plain:
                said.add(saying, self._meant(saying))
        verdicts = [(one, verdict) for one in self.waiting if (verdict := said.of(one))]
        denied = {(one.file, one.stood) for one, verdict in verdicts if verdict != "yes"}
        touched = denied | {(one.file, one.stood) for one, _ in verdicts}
        self.agreed = {key: pair for key, pair in self.agreed.items() if (key[0], key[2]) not in touched}
        alike = Counter((one.file, one.stood) for one in self.waiting)
        refused: dict[str, list[Pending]] = {}
        for one, verdict in verdicts:
            number, why = "", _TORN if verdict == "torn" else "as you say"
            if verdict == "yes":
                # A number is found again by its value: what is right in one row and wrong in another is left alone.
                twice = alike[one.file, one.stood] > 1
                number, why = _number(one, said.number(one), twice=twice)
                why = _ALIKE if (one.file, one.stood) in denied else why
            if why:
                refused.setdefault(why, []).append(one)
            else:
                self.agreed[key_of(one)] = (one, number)
        for why, several in refused.items():
            self.notes.append(f"Not confirmed: {self._named(several)}: {why.replace(_HERE, _place(several[0]))}.")
        self.notes += self._unclear(words) if answers else ()

    def _meant(self, saying: Saying) -> list[Pending]:
        """The numbers that a saying is about; what it cannot be about is said."""
        files = self._files(saying)
        if saying.everything or saying.value:
            stood = entry_number.compact(saying.value)
            here = [one for one in self.waiting if one.file in files or not saying.file]
            found = [one for one in here if saying.everything or one.stood == stood]
            if not found and (files or not saying.file):
                what = one_line(saying.value) or "All of them"
                self._note(f"{what}: no such number waits to be confirmed.")
            return found
        rows = spans_words(saying.rows)
        if len(files) > 1:
            names = ", ".join(self.files[at] for at in files)
            self._note(
                f"{rows.capitalize()}: of which file? There are {names}. Answer for example: confirm {rows} in"
                f" {self.files[files[0]]}"
            )
        return self._in_rows(saying, files[0]) if len(files) == 1 else []

    def _files(self, saying: Saying) -> list[int]:
        """The files that may be meant; when the one that is named is not there, none, and that is said."""
        wanted = saying.file.casefold().strip()
        found = [at for at, name in self.files.items() if not wanted or name.casefold() == wanted]
        if not found:
            names = ", ".join(self.files.values()) or "none"
            self._note(f"There is no file {one_line(saying.file)} to confirm rows in. Files that I have: {names}.")
        return found

    def _in_rows(self, saying: Saying, file: int) -> list[Pending]:
        here = [one for one in self.waiting if one.file == file]
        found = [one for one in here if any(first <= one.row <= last for first, last in saying.rows)]
        idle = tuple(span for span in saying.rows if not any(span[0] <= one.row <= span[1] for one in found))
        if idle:
            self._note(f"{spans_words(idle).capitalize()} of {self.files[file]}: nothing there waits to be confirmed.")
        return found

    def _unclear(self, words: Words) -> Iterator[str]:
        """The sentences about what waits that say no clear thing, with an example of what would."""
        left = [one for one in self.waiting if key_of(one) not in self.agreed]
        if not left:
            return
        first = next((one for one in left if one.proposed), next((one for one in left if one.number), left[0]))
        rows = [one.row for one in left if one.proposed and one.file == first.file] or [first.row]
        example = f"confirm {rows_words(rows[:SHOWN])}" if first.row else f"confirm {first.shown}"
        example += f" in {self.files[first.file]}" if len(self.files) > 1 and first.row else ""
        numbers = {one.stood for one in left}
        meant = [
            sentence
            for sentence in words.unclear
            if len(sentence.split()) <= _SHORT_ANSWER
            or _OF_ROWS.search(sentence)
            or numbers & {entry_number.compact(word.strip("(),:")) for word in sentence.split()}
        ]
        for sentence in meant[:_SENTENCES]:
            line = one_line(sentence)
            line = line if len(line) <= _SHOWN_WORDS else f"{line[: _SHOWN_WORDS - 1]}…"
            yield f"I did not take “{line}” for a confirmation. If it is one, answer for example: {example}"

    def _named(self, several: Iterable[Pending]) -> str:
        """Rows, and numbers that stand in no row, as a sentence names them."""
        by_file: dict[int, list[Pending]] = {}
        for one in several:
            by_file.setdefault(one.file, []).append(one)
        named = []
        for file, those in by_file.items():
            where = f" in {self.files[file]}" if file >= 0 and len(self.files) > 1 else ""
            rows = [_place(those[0])] if len(those) == 1 else [rows_words(one.row for one in those)]
            named += [f"{rows[0]}{where}"] if file >= 0 else [one.shown for one in those[:SHOWN]]
        return ", ".join(named)

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def _number(one: Pending, given: str, *, twice: bool) -> tuple[str, str]:
    """The number that confirming this means, or why it means none. `twice`: the same value waits in another row too."""
    if twice and (given or one.reason == "scientific-notation"):
        return "", _ALIKE
    if not given or one.number == entry_number.compact(given):  # then it says what stands there, or is proposed
        return one.number, "" if one.number else _NO_PROPOSAL
    if not any(map(str.isdigit, one.stood)):  # hardly a number that was mistyped
        return "", "correct it in the file"
    try:
        return entry_number.validate(given), ""
    except entry_number.InvalidEntryNumber as error:
        return "", f"{one_line(given)} is not a valid entry number ({error})"


def key_of(one: Pending) -> _Key:
    """By what a number is known: its file, its row, its value."""
    return one.file, one.row, one.stood


def _place(one: Pending) -> str:
    return f"row {one.row}" if one.row else one.shown
