"""Attached tables beside the floor, in one run: what reading them costs that the csv module does not cost already.

    PYTHONPATH=tests python tests/bench/bench_sheets.py [ROWS]

A 9,999-row Declaration beside a script that reads it with the csv module and computes the check digits; an ES-003 of ROWS
rows (a million) beside the csv module merely reading it. Each in a process of its own, with its peak memory.
"""

# ruff: noqa: T201 - it prints its figures

import csv
import io
import multiprocessing
import resource
import sys
import time
from pathlib import Path

from entry_numbers import entry
from reading_files import reading

from bot.core import entry_number, sheets
from bot.core.model import Attachment

ROWS = 1_000_000
HEADER = (
    "Entry Summary Number,Entry Type Code,Importer Number,Importer Name,Port of Entry Code,Entry Date,Entry Summary Date,"
    "Reconciliation Indicator,Control Status,Post Summary Correction Indicator,Liquidation Date,Liquidation Status,"
    "Entry Summary Line Number,Country of Origin Code,Manufacturer ID,Line SPI Code,Tariff Ordinal Number,"
    "HTS Number - Full,Line Tariff Goods Value Amount,Line Tariff Duty Amount"
)
LINE = ("9903.01.25", "8471.30.0100")  # the rows of a line


def declaration():
    return ("Entry Number\r\n" + "\r\n".join(entry("B76", serial) for serial in range(9_999))).encode()


def es003(rows):
    """Entries of five or six rows, of 40 importers, liquidated on 200 days or not yet."""
    out = io.StringIO()
    out.write(HEADER + "\n")
    written, serial = 0, 0
    while written < rows:
        number, serial = entry("B76", serial), serial + 1
        liquidated = f"{1 + serial % 12:02d}/{1 + serial % 28:02d}/2026" if serial % 3 else ""
        liquidated = liquidated if liquidated[:2] < "11" else ""
        head = (
            f"{number},01,12-34567{serial % 40:02d}00,EXAMPLE FIRM {serial % 40},2704,{1 + serial % 12:02d}/15/2025,"
            f"12/20/2025,N,CBP,N,{liquidated},{'Liquidated' if liquidated else 'Not Liquidated'}"
        )
        for at in range(5 + serial % 2):
            hts = LINE[at % 2]
            duty = f"{100 + serial % 997}.{at}0"
            goods = "0.00" if hts.startswith("99") else f"{serial}.00"
            out.write(f"{head},{1 + at // 2},CN,CNEXAMPLE{serial % 97},,{1 + at % 2},{hts},{goods},{duty}\n")
            written += 1
    return out.getvalue().encode()


def floor_declaration(content):
    good = 0
    for row in csv.reader(io.StringIO(content.decode())):
        good += bool(row) and len(row[0]) == 11 and entry_number.check_digit(row[0][:-1]) == row[0][-1]
    return good


def floor_es003(path):
    with Path(path).open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def core(content, name):
    (sheet,) = sheets.read([Attachment(name, content)], reading())
    return len(sheet.entries)


def core_file(path):
    return core(Path(path).read_bytes(), "es003.csv")


def timed(function, *arguments):
    def child(pipe):
        reading()  # knowledge is loaded before the clock starts
        start = time.perf_counter()
        result = function(*arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send((time.perf_counter() - start, peak, result))

    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=child, args=(there,))
    process.start()
    answer = here.recv()
    process.join()
    return answer


def best(function, *arguments, times=3):
    return min((timed(function, *arguments) for _ in range(times)), key=lambda one: one[0])


def main(rows):
    content = declaration()
    floor, ours = best(floor_declaration, content), best(core, content, "declaration.csv")
    print(
        f"declaration, 9,999 rows: floor {floor[0] * 1000:.1f} ms, core {ours[0] * 1000:.1f} ms: {ours[0] / floor[0]:.1f}x"
    )
    path = Path("/tmp") / "bench-es003.csv"  # noqa: S108 - written and read here alone
    path.write_bytes(es003(rows))
    size = path.stat().st_size / 1e6
    floor, ours = best(floor_es003, path, times=2), best(core_file, path, times=2)
    print(
        f"ES-003, {rows:,} rows, {size:.0f} MB, {ours[2]:,} entries: csv alone {floor[0]:.2f} s, audit {ours[0]:.2f} s:"
        f" {ours[0] / floor[0]:.1f}x, peak {ours[1]:.0f} MB (csv alone {floor[1]:.0f} MB)"
    )
    path.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
