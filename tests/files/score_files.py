"""How well `capebot triage` reads the files of make_files.py.

    python tests/files/score_files.py [--files DIR | --count 240 --seed 1] [--misses] [--root REPOSITORY]

Each figure stands beside its bar. What the sources leave open (the truth's `doubt`) is counted apart, never as a miss.
"""

import argparse
import collections
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import make_files
import openpyxl

FILE_REASONS = {"header", "extra-columns", "not-csv", "too-many-entries", "file-too-large"}
PART = re.compile(r"[A-Z0-9]{11}")
MAX_ROWS, MAX_BYTES = 9_999, 1_000_000
SECONDS = 600  # for one batch


@dataclass
class Tally:
    """Counts by name, and the misses as lines."""

    right: collections.Counter = field(default_factory=collections.Counter)
    total: collections.Counter = field(default_factory=collections.Counter)
    bad: collections.Counter = field(default_factory=collections.Counter)
    misses: list = field(default_factory=list)

    def share(self, name, *, good, miss=""):
        self.total[name] += 1
        self.right[name] += bool(good)
        if not good:
            self.misses.append(f"{name}: {miss}")

    def count(self, name, miss):
        self.bad[name] += 1
        self.misses.append(f"{name}: {miss}")


# ----- running


def run(root, as_of, filer_codes, files, out):
    """The JSON lines of one call, and what it said on standard error."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", "triage", "--json", "--as-of", as_of]
    for code in filer_codes:
        command += ["--filer-code", code]
    command += ["--out", str(out), *map(str, files)]
    done = subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True,
                          timeout=SECONDS, check=False)  # fmt: skip
    # Anything else on standard output is a fault of the command: it breaks here.
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr, done.returncode


def triage(root, batch, files, out, tally):
    """Results by file name; when a batch breaks, each of its files alone, to know which."""
    as_of, filer_codes = batch
    try:
        results, errors, status = run(root, as_of, filer_codes, files, out)
    except (subprocess.TimeoutExpired, ValueError) as problem:
        results, errors, status = [], str(problem), 1
    if status == 0 and len(results) == len(files):
        return {Path(result["file"]).name: result for result in results}
    if len(files) == 1:
        last = errors.strip().splitlines()[-1:] or [f"status {status}"]
        tally.count("crashes", f"{files[0].name}: {last[0]}")
        return {}
    found = {}
    for at, file in enumerate(files):
        found |= triage(root, batch, [file], out / str(at), tally)
    return found


def all_results(root, truths, folder, out, tally):
    batches = collections.defaultdict(list)
    for truth in truths:
        batches[truth["as_of"], tuple(truth["filer_codes"])].append(folder / truth["file"])
    results = {}
    for at, (batch, files) in enumerate(sorted(batches.items())):
        results |= triage(root, batch, files, out / f"batch{at}", tally)
    return results


# ----- uploads


def upload_entries(output, name, tally):
    """The entries of one upload file, after a look at its form."""
    if not output["path"] or not Path(output["path"]).is_file():
        tally.count("upload form", f"{name}: {output['name']} is not in --out")
        return []
    data = Path(output["path"]).read_bytes()
    lines = data.decode("utf-8", "replace").splitlines()
    rows = lines[1:]
    problems = {
        "header": lines[:1] != ["Entry Number"],
        "not ASCII": not data.isascii(),
        "quotes": b'"' in data,
        "rows": len(rows) > MAX_ROWS or not rows,
        "size": len(data) > MAX_BYTES,
        "not entry numbers": not all(PART.fullmatch(row) for row in rows),
        "twice in one file": len(set(rows)) < len(rows),
        "name": not output["name"].lower().endswith(".csv"),
    }
    for problem in (what for what, wrong in problems.items() if wrong):
        tally.count("upload form", f"{name}: {output['name']}: {problem}")
    return rows


def score_uploads(truth, result, tally):
    name, doubt = truth["file"], set(truth["doubt"])
    found = []
    for output in result["outputs"]:
        if output["role"] == "upload":
            rows = upload_entries(output, name, tally)
            found += rows
            together = {truth["upload"][row] for row in rows if row in truth["upload"]}
            # Importer and filer code; of a Declaration only when filer codes were given.
            if len(together) > 1:
                tally.count("upload form", f"{name}: {output['name']} mixes {sorted(together)}")
    if len(found) > len(set(found)):
        tally.count("upload form", f"{name}: an entry stands in two uploads")
    unsure = {entry.split(":")[1] for entry in doubt if entry.startswith("upload:")}
    wrong = set(found) - set(truth["upload"]) - unsure
    for entry in sorted(wrong):
        what = "accepted" if entry in truth["accepted"] else "ineligible"
        tally.count(f"{what} in an upload", f"{name}: {entry}{scenario(truth, entry)}")
    missing = set(truth["upload"]) - set(found) - unsure
    tally.share("clean set exact", good=not wrong and not missing, miss=f"{name}: wrong {sorted(wrong)[:3]}, missing "
                f"{len(missing)} of {len(truth['upload'])}, e.g. {sorted(missing)[:3]}")  # fmt: skip
    return set(found)


def scenario(truth, entry):
    return f" ({truth['outcomes'][entry]['scenario']})" if entry in truth["outcomes"] else ""


# ----- faults


def wanted_faults(truth, offset):
    rows = {(fault["row"] + offset, fault["reason"]) for fault in truth["faults"]}
    return rows | {(None, reason) for reason in truth["file_faults"]}


def unsure(truth, offset, row, reason):
    doubt = truth["doubt"]
    return (
        f"reason:{reason}" in doubt
        or (row is None and f"file-fault:{reason}" in doubt)
        or (row is not None and (f"fault:{row - offset}:{reason}" in doubt or f"fault:{row - offset}:*" in doubt))
    )


def found_faults(sheets):
    """A fault of the file as a whole counts once, whatever row it names."""
    return {
        (None if fault["reason"] in FILE_REASONS else fault["row"], fault["reason"])
        for sheet in sheets
        for fault in sheet["faults"]
    }


def score_faults(truth, sheets, tally):
    found = found_faults(sheets)
    offset = max(truth["row_offsets"], key=lambda offset: len(found & wanted_faults(truth, offset)))
    wanted = {fault for fault in wanted_faults(truth, offset) if not unsure(truth, offset, *fault)}
    for fault in sorted(wanted, key=str):
        tally.share(
            "fault recall",
            good=fault in found,
            miss=f"{truth['file']}: row {fault[0]} {fault[1]}{shown(truth, offset, fault[0])}",
        )
    for fault in sorted(found, key=str):
        if not unsure(truth, offset, *fault):
            tally.share("fault precision", good=fault in wanted, miss=f"{truth['file']}: row {fault[0]} {fault[1]} is none"
                        f"{shown(truth, offset, fault[0])}")  # fmt: skip
    score_details(truth, sheets, offset, tally)
    return offset


def shown(truth, offset, row):
    return "".join(f" {value!r}" for at, value, _ in truth["values"] if at + offset == row)


def score_details(truth, sheets, offset, tally):
    """Of the faults that were found: the value as it stands, the proposal, whether it was repaired."""
    by_key = {(fault["row"], fault["reason"]): fault for sheet in sheets for fault in sheet["faults"]}
    for fault in truth["faults"]:
        got = by_key.get((fault["row"] + offset, fault["reason"]))
        if got is None or unsure(truth, offset, fault["row"] + offset, fault["reason"]):
            continue
        place = f"{truth['file']}: row {got['row']} {got['reason']}"
        if fault["reason"] != "blank-row":
            tally.share("fault value as it stands", good=got["value"] == fault["value"],
                        miss=f"{place}: {got['value']!r} for {fault['value']!r}")  # fmt: skip
        if fault["repaired"] is not None:
            good = bool(got["repaired"]) == fault["repaired"] and (
                got["proposal"] == fault["proposal"] or not fault["proposal"]
            )
            tally.share("repaired or proposed", good=good, miss=f"{place}: {got['repaired']} {got['proposal']!r}")


def score_silence(truth, sheets, uploaded, offset, tally):
    """Each value stands in the result as it is, or is reported."""
    entries = {entry for sheet in sheets for entry in sheet["entries"]} | uploaded
    rows = {fault["row"] for sheet in sheets for fault in sheet["faults"]}
    values = {fault["value"] for sheet in sheets for fault in sheet["faults"]}
    for row, value, entry in truth["values"]:
        # The forms of ACE itself (="...", a dash) are no change in a report that ACE or a person exported.
        kept = value in entries or (truth["kind"] != "declaration" and entry in entries)
        if not kept and row + offset not in rows and value not in values:
            tally.count("silent changes", f"{truth['file']}: row {row} {value!r}")


# ----- groups and outcomes


def score_statuses(truth, sheets, tally):
    """Whether two spellings of one status are counted apart is open."""
    want, got = collections.Counter(), collections.Counter()
    for text, count in truth["statuses"].items():
        want[text.casefold()] += count
    for sheet in sheets:
        for text, count in (sheet["statuses"] or {}).items():
            got[text.casefold()] += count
    if want:
        tally.share("statuses counted", good=got == want, miss=f"{truth['file']}: {dict(got)} for {dict(want)}")


def score_groups(truth, sheets, tally):
    groups = [group for sheet in sheets for group in sheet["groups"]]
    found = collections.defaultdict(set)
    for group in groups:
        for entry in group["entries"]:
            found[entry].add(group["id"])
    for entry, ids in truth["groups"].items():
        name = "grouping (in doubt)" if f"group:{entry}" in truth["doubt"] else "grouping"
        tally.share(
            name, good=found[entry] == set(ids), miss=f"{truth['file']}: {entry} in {sorted(found[entry])} for {ids}"
        )
    steps = {group["id"]: group["next_step"] for group in groups}
    for key, step in truth["steps"].items():
        if key in steps:
            name = "next step (in doubt)" if f"step:{key}" in truth["doubt"] else "next step"
            tally.share(
                name, good=steps[key] == step, miss=f"{truth['file']} {truth['as_of']}: {key} {steps[key]} for {step}"
            )
    messages = [group["message"] for group in groups if group["id"] == "unknown"]
    for text in truth["unknown_texts"]:
        tally.share(
            "unknown text verbatim",
            good=any(text in message for message in messages),
            miss=f"{truth['file']}: {text!r}",
        )


def score_outcomes(truth, sheets, tally):
    found = {outcome["entry"]: outcome for sheet in sheets for outcome in sheet["outcomes"] or []}
    for entry, want in truth["outcomes"].items():
        got = found.get(entry, {"outcome": None, "deadline": None, "file_by": None})
        keys = ["outcome"] if f"deadline:{entry}" in truth["doubt"] else ["outcome", "deadline", "file_by"]
        in_doubt = f"outcome:{entry}" in truth["doubt"]
        tally.share("outcomes (in doubt)" if in_doubt else "outcomes", good=all(got[key] == want[key] for key in keys),
                    miss=f"{truth['file']} {truth['as_of']}: {entry} ({want['scenario']}) {[got[key] for key in keys]} for "
                    f"{[want[key] for key in keys]}; {truth['tried'][-1]}")  # fmt: skip
        if got["deadline"] is not None and want["deadline"] is None and not in_doubt and len(keys) > 1:
            tally.count("deadline out of nothing", f"{truth['file']}: {entry} {got['deadline']}")


def score_secrets(truth, result, tally):
    """A number shaped like an SSN comes back nowhere: not in the JSON, not in an output nor its name."""
    everything = json.dumps(result | {"file": ""}).encode()
    for output in result["outputs"]:
        everything += output["name"].encode()
        if output["path"] and Path(output["path"]).is_file():
            everything += Path(output["path"]).read_bytes()
    for secret in truth["secrets"]:
        if secret.encode() in everything or secret.replace("-", "").encode() in everything:
            tally.count("SSN shown", truth["file"])


def cells_given_back(path):
    """Every cell of a report as a spreadsheet would take it; a text cell of a workbook is no formula."""
    if path.suffix.lower() == ".csv":
        yield from (cell for row in csv.reader(path.read_text("utf-8-sig").splitlines()) for cell in row)
    if path.suffix.lower() == ".xlsx":
        for sheet in openpyxl.load_workbook(path):
            yield from (str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type == "f")


def score_formulas(truth, result, tally):
    for output in result["outputs"]:
        if output["role"] == "report" and output["path"] and Path(output["path"]).is_file():
            live = [cell for cell in cells_given_back(Path(output["path"])) if cell.startswith(tuple("=+-@"))]
            if live:
                tally.count("formula given back", f"{truth['file']}: {output['name']}: {live[:2]}")


def score(truth, result, tally):
    sheets = [sheet for sheet in result["sheets"] if sheet["kind"] == truth["kind"]]
    if truth["kind"] is None:
        return
    kinds = [(sheet["kind"], sheet["refused"]) for sheet in result["sheets"]]
    readable = bool(sheets) and not any(sheet["refused"] for sheet in sheets)
    tally.share("read as its kind", good=readable, miss=f"{truth['file']}: {kinds}; {truth['tried']}")
    uploaded = score_uploads(truth, result, tally)
    # A sheet of another kind may still report a value: nothing silent about that.
    offset = score_faults(truth, sheets, tally) if truth["kind"] == "declaration" else 0
    if readable or uploaded:  # a file that is refused, with the reason, changes nothing silently
        score_silence(truth, result["sheets"], uploaded, offset, tally)
    score_statuses(truth, sheets, tally)
    score_groups(truth, sheets, tally)
    score_outcomes(truth, sheets, tally)
    score_secrets(truth, result, tally)
    score_formulas(truth, result, tally)
    entries = sorted(entry for sheet in sheets for entry in sheet["entries"])
    tally.share(
        "entries exact",
        good=entries == truth["entries"],
        miss=f"{truth['file']}: {len(entries)} for {len(truth['entries'])}",
    )
    if "rows" not in truth["doubt"]:
        rows = sum(sheet["rows"] for sheet in sheets)
        tally.share("rows exact", good=rows == truth["rows"], miss=f"{truth['file']}: {rows} for {truth['rows']}")


# ----- the report

NONE = ("crashes", "silent changes", "accepted in an upload", "ineligible in an upload", "upload form", "deadline out of nothing",
        "SSN shown", "formula given back")  # fmt: skip
BARS = {"fault precision": 0.98, "fault recall": 0.98, "clean set exact": 0.98, "grouping": 0.99, "outcomes": 0.97}
OTHERS = ("read as its kind", "entries exact", "rows exact", "fault value as it stands", "repaired or proposed", "next step",
          "unknown text verbatim", "statuses counted", "grouping (in doubt)", "next step (in doubt)", "outcomes (in doubt)")  # fmt: skip


def report(tally, count):
    lines = [f"{count} files"]
    lines += [f"{name:28} {tally.bad[name]:8}   bar 0{'   MISSED' if tally.bad[name] else ''}" for name in NONE]
    for name in (*BARS, *OTHERS):
        total, right = tally.total[name], tally.right[name]
        share = right / total if total else 0.0
        bar = f"bar {BARS[name]}{'' if share >= BARS[name] else '   MISSED'}" if name in BARS else ""
        lines.append(f"{name:28} {share:8.4f}   {right} of {total}   {bar}".rstrip())
    return "\n".join(lines)


def met(tally):
    return not any(tally.bad[name] for name in NONE) and all(
        tally.total[name] and tally.right[name] / tally.total[name] >= bar for name, bar in BARS.items()
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=Path, help="a folder written by make_files.py; default a new one")
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2], help="the repository whose bot is run")
    parser.add_argument("--misses", action="store_true", help="each miss on a line")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="capebot-score-") as work:
        folder = (given.files or Path(work, "files")).resolve()  # the bot runs in the root
        if given.files is None:
            make_files.write(folder, given.count, given.seed)
        truths = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.truth.json"))]
        tally = Tally()
        results = all_results(given.root.resolve(), truths, folder, Path(work, "out"), tally)
        for truth in truths:
            if truth["file"] in results:
                score(truth, results[truth["file"]], tally)
    lines = [*(tally.misses if given.misses else []), report(tally, len(truths))]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0 if met(tally) else 1)


if __name__ == "__main__":
    main()
