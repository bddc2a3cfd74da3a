"""What reading a workbook costs, in the child process with its limits, beside openpyxl's own plain reading of the file.

    python tests/bench/bench_workbook.py [REPEATS]

The plain reading is `load_workbook(read_only=True, data_only=True)` and every sheet's `iter_rows(values_only=True)`, after
its import. Ours ends when the last row has come back as text. The child's start is told apart: it is what a workbook with
one cell costs. openpyxl takes defusedxml where that is installed, and is then slower; the bench keeps it to the parser
of the standard library, which is the faster. Ratios of one run hold; the times are this machine's.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ |= {"OPENPYXL_DEFUSEDXML": "False"}

import openpyxl

sys.path.insert(0, str(Path(__file__).parents[1]))
import workbooks

from bot.core.model import Attachment
from bot.opening import open_file

DECLARATION = ("Entry Number",)
REPORT = ("Entry Number", "Liquidated", "HTS", "Duty", "Importer")
MOST = 1.5  # times openpyxl's own reading that 9,999 rows may take


def workbook(path, rows, header):
    """A workbook as openpyxl writes it: texts, dates, amounts."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Entries")
    sheet.append(header)
    day = openpyxl.utils.datetime.from_excel(46132)
    for n in range(rows):
        sheet.append([f"B76{n:08}", day, f"9903.01.{n % 90:02}", n * 1.25, "12-3456789"][: len(header)])
    book.save(path)


def plain(path):
    """Read every value with openpyxl."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return sum(1 for sheet in book for _ in sheet.iter_rows(values_only=True))


def ours(content):
    """Read every row through the child."""
    tables = open_file(Attachment("a.xlsx", content))
    if not isinstance(tables, tuple):
        raise SystemExit(tables)
    return sum(1 for table in tables for _ in table.rows())


def seconds(work, repeats):
    """The median of single runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def peak(who):
    """The highest resident memory so far, in MB."""
    most = resource.getrusage(who).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000)


def main(repeats=5):
    """Print the figures; fail where 9,999 rows take too long."""
    say = sys.stdout.write
    one = workbooks.xlsx("<row><c><v>1</v></c></row>")
    start = seconds(lambda: ours(one), max(repeats, 5))
    say(f"the child's start: {start:.3f} s\n")
    say(
        f"{'rows x columns':>16} {'openpyxl':>10} {'ours':>10} {'without start':>14} {'ratio':>7} {'child':>8} {'parent':>8}\n"
    )
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        for rows, header in ((9_999, DECLARATION), (9_999, REPORT), (100_000, REPORT)):
            workbook(path, rows, header)
            content = path.read_bytes()
            turns = repeats if rows < 100_000 else 1
            before = peak(resource.RUSAGE_SELF)
            mine = seconds(lambda content=content: ours(content), turns)
            grown = peak(resource.RUSAGE_SELF) - before
            floor = seconds(lambda: plain(path), turns)
            ratio = (mine - start) / floor
            worst = max(worst, ratio if rows < 100_000 else 0)
            say(
                f"{f'{rows:,} x {len(header)}':>16} {floor:9.3f}s {mine:9.3f}s {mine - start:13.3f}s {ratio:6.2f}x"
                f" {peak(resource.RUSAGE_CHILDREN):5.0f} MB {grown:+5.0f} MB\n"
            )
    say(f"9,999 rows: {worst:.2f} of openpyxl's own reading (at most {MOST})\n")
    if worst > MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
