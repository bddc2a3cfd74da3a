"""The command line as others script it: exit statuses, JSON keys, what it refuses and what it says then."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from entry_numbers import dashed, entry, wrong

from bot.cli import main

A, B = entry("B76", 1), entry("B76", 2)
KEYS = {
    "file", "verdict", "rule", "findings", "candidates", "entries", "suspect_entries", "type06", "sheets", "drafts",
    "outputs", "outcomes", "reply",
}  # fmt: skip
FINDING = {
    "id", "title", "kind", "is_error", "how", "confidence", "quote", "where", "next_step", "escalate",
}  # fmt: skip
SHEET = {
    "name", "path_in", "kind", "rows", "entries", "statuses", "faults", "refused", "groups", "outcomes",
}  # fmt: skip
DRAFT = {"to", "subject", "body", "id", "entries", "message", "type06", "missing", "importer"}


def run(*words, given=None):
    return CliRunner().invoke(main, [str(word) for word in words], input=given)


def objects(*words, given=None):
    result = run("triage", "--json", *words, given=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path):
    box = tmp_path / "box"
    (box / "deeper").mkdir(parents=True)
    (box / "a.txt").write_text(f"HTS RELATIONSHIP MISMATCH on {dashed(A)}, FTZ weekly")
    (box / "b.csv").write_text(f"Entry Number\n{A}\n{wrong(B)}\n")
    (box / "c.txt").write_text("the ISF is filed")
    (box / "deeper" / "d.txt").write_text("Not Started")
    return box


def test_every_key_is_there(folder):
    for one in objects(folder):
        assert set(one) == KEYS
        assert all(set(finding) == FINDING for finding in (*one["findings"], *one["candidates"]))
        assert all(set(sheet) == SHEET for sheet in one["sheets"])
        assert all(set(draft) == DRAFT for draft in one["drafts"])
        assert all(set(output) == {"name", "role", "path"} for output in one["outputs"])


def test_a_folder_stands_for_its_files_by_name_and_not_deeper(folder):
    got = objects(folder, folder / "a.txt")
    assert [Path(one["file"]).name for one in got] == ["a.txt", "b.csv", "c.txt", "a.txt"]
    assert [one["verdict"] for one in got] == ["escalate", "answer", "silent", "escalate"]
    assert got[2]["reply"] is None


def test_the_draft(folder):
    (one,) = objects(folder / "a.txt")
    (draft,) = one["drafts"]
    assert (draft["to"], draft["id"]) == ("IEEPARefunds@cbp.dhs.gov", "hts-relationship-mismatch")
    assert (draft["message"], draft["type06"], draft["entries"]) == ("HTS RELATIONSHIP MISMATCH", "yes", [A])
    assert draft["subject"] == "CAPE: HTS RELATIONSHIP MISMATCH - 1 entry"
    assert A in draft["body"]
    assert "confirm that this\ncase is logged" in draft["body"]


def test_files_are_written_only_where_asked(folder, tmp_path):
    out = tmp_path / "out"
    got = objects("--out", out, folder / "a.txt", folder / "a.txt", folder / "b.csv")
    paths = [Path(output["path"]) for one in got for output in one["outputs"]]
    assert len(set(paths)) == 5
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in paths)
    unsent = paths[0].read_text()
    assert "X-Unsent: 1" in unsent
    assert "\nDate:" not in unsent
    assert "Message-ID" not in unsent
    assert [output["path"] for one in objects(folder / "b.csv") for output in one["outputs"]] == [None, None, None]


def test_standard_input_is_a_mail_or_words():
    mail = "From: Pat <pat@harborlight.example>\nSubject: CAPE\n\nclaim status says Not Started"
    for given in (mail, "claim status says Not Started"):
        (one,) = objects("-", given=given)
        assert one["file"] == "-"
        assert [finding["id"] for finding in one["findings"]] == ["claim-not-started"]


def test_as_of_and_filer_code_and_confirm(folder):
    text = folder / "seq.txt"
    text.write_text("HTS RELATIONSHIP/SEQUENCE MISMATCH")
    steps = [
        objects(*day, text)[0]["findings"][0]["next_step"] for day in (["--as-of", "2026-04-25"], [])
    ]  # fmt: skip
    assert steps == ["escalate", "resubmit"]
    (one,) = objects("--filer-code", "XYZ", folder / "b.csv")
    assert "filer-code" in {fault["reason"] for fault in one["sheets"][0]["faults"]}
    (one,) = objects("--filer-code", "b76", folder / "b.csv")
    assert "filer-code" not in {fault["reason"] for fault in one["sheets"][0]["faults"]}
    (one,) = objects("--confirm", wrong(B), folder / "b.csv")
    assert one["sheets"][0]["entries"] == [A, wrong(B)]
    (fault,) = one["sheets"][0]["faults"]
    assert (fault["reason"], fault["repaired"]) == ("bad-check-digit", True)
    assert fault["note"] == "confirmed by the sender"


def test_what_is_confirmed_and_stands_nowhere_is_said(folder):
    given = ("--confirm", wrong(B), "--confirm", f"123456789={A}", folder / "b.csv")
    result = run("triage", "--json", *map(str, given))
    assert result.exit_code == 0
    assert "--confirm 123456789=" in result.stderr
    assert wrong(B) not in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_rounded_number_in_two_rows_says_that_it_cannot_be_confirmed(folder):
    (folder / "r.csv").write_text(f"Entry Number\n{B}\n3.16E+10\n3.16E+10\n")
    (one,) = objects("--confirm", f"3.16E+10={A}", folder / "r.csv")
    assert one["entries"] == [B]
    assert [fault["note"] is not None for fault in one["sheets"][0]["faults"]] == [True, True]
    assert "more than one row" in " ".join(one["reply"]["text"].split())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("triage",), 2, "Missing argument"),
        (("triage", "--as-of", "24.11.2026", "x"), 2, "write it like 2026-11-24"),
        (("triage", "--as-of", "20260420", "x"), 2, "write it like 2026-11-24"),
        (("triage", "--as-of", "2026-W17-1", "x"), 2, "write it like 2026-11-24"),
        (("triage", "--as-of", "2026-02-30", "x"), 2, "not a day of the calendar"),
        (("triage", "--as-of", "9999-12-31", "x"), 2, "from 2025-01-01 to 2035-12-31"),
        (("triage", "--as-of", "2024-12-31", "x"), 2, "from 2025-01-01 to 2035-12-31"),
        (("explain", "claim-not-started", "--as-of", "2036-01-01"), 2, "from 2025-01-01 to 2035-12-31"),
        (("triage", ""), 2, "a FILE is empty"),
        (("triage", "--filer-code", "nonsense", "x"), 2, "'nonsense' is no filer code"),
        (("triage", "--filer-code", "B76,316", "x"), 2, "each under its own option"),
        (("triage", "--filer-code", "000", "x"), 2, "'000' is no filer code"),
        (("triage", "--confirm", "nonsense", "x"), 2, "can never be an entry number"),
        (("triage", "--confirm", "B76O3245278", "x"), 2, "write VALUE=PROPOSAL"),
        (("triage", "--confirm", f"3.16E+10={wrong(A)}", "x"), 2, "the check digit does not fit"),
        (("triage", "--confirm", "3.16E+10=B76", "x"), 2, "'B76' is not a valid entry number"),
        (("triage", "--confirm", f"3.16E+10={A}", "--confirm", f"3.16e+10={B}", "x"), 2, "cannot be both"),
        (("triage", "--out", "", "x"), 2, "the name of the folder is empty"),
        (("triage", "no-such-file.eml"), 1, "no-such-file.eml: cannot be opened"),
        (("explain", "no-such-id"), 2, "capebot explain"),
        (("serve", "--config", "no-such.toml"), 1, "no-such.toml:1: cannot be read"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_what_is_wrong_is_said_on_standard_error(words, status, said):
    result = run(*words)
    assert (result.exit_code, said in result.stderr) == (status, True)
    assert "Traceback" not in result.output


def test_at_least_one_case_is_listed():
    result = run("cases", "--limit", "-1")
    assert (result.exit_code, "-1 is not in the range" in result.stderr) == (2, True)


@pytest.mark.parametrize(("ends", "status"), [("None", 0), ("(_ for _ in ()).throw(Mendable('mend it'))", 1)])
def test_serve_ends_though_a_jobs_thread_hangs(ends, status, tmp_path):
    path = tmp_path / "capebot.toml"
    path.write_text("")
    code = (
        "import sys, threading, time\nfrom bot import assembly\nfrom bot.core.problems import Mendable\n"
        "def hang(settings):\n    threading.Thread(target=time.sleep, args=(90,)).start()\n"
        f"    return {ends}\n"
        f"assembly.serve = hang\nsys.argv = ['capebot', 'serve', '--config', {str(path)!r}]\n"
        "from bot.cli import main\nmain()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (status, "mend it\n" if status else "")


def test_one_file_that_is_not_there_does_not_keep_the_others_from_being_answered(folder):
    result = run("triage", "--json", "no-such-file.eml", folder / "c.txt")
    assert result.exit_code == 1
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [str(folder / "c.txt")]


@pytest.mark.parametrize("name", ["x" * 300, "f.txt/deeper"])
def test_a_name_that_cannot_be_a_file_does_not_keep_the_others_from_being_answered(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    Path("f.txt").write_text("Not Started")
    result = run("triage", "--json", name, "c.txt")
    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == ["c.txt"]
    assert result.stderr.startswith(f"{name}: cannot be opened: ")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("day", ["2025-01-01", "2035-12-31"])
def test_the_first_and_the_last_day_are_answered_for(day, folder):
    (folder / "d.txt").write_text("CAPE claim status says Not Started")
    assert objects("--as-of", day, folder / "d.txt")[0]["findings"]
    assert run("explain", "claim-not-started", "--as-of", day).exit_code == 0


def test_a_second_run_overwrites_nothing(folder, tmp_path):
    out = tmp_path / "out"
    paths = [Path(objects("--out", out, folder / "a.txt")[0]["outputs"][0]["path"]) for _ in range(3)]
    assert [path.name for path in paths] == [f"draft-hts-relationship-mismatch{n}.eml" for n in ("", "-2", "-3")]
    paths[0].write_text("completed by a person")
    objects("--out", out, folder / "a.txt")
    assert paths[0].read_text() == "completed by a person"
    assert len(list(out.iterdir())) == 4


@pytest.mark.parametrize("place", ["taken/deeper", "/proc/nowhere", "x" * 300])
def test_a_folder_that_cannot_be_made_is_said_once_and_the_files_are_answered(place, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("a file")
    result = run("triage", "--json", "--out", place, folder / "a.txt", folder / "b.csv")
    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert [output["path"] for one in got for output in one["outputs"]] == [None] * 4
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "cannot be written: " in result.stderr


def test_a_folder_of_the_name_of_an_output_is_left(folder, tmp_path):
    out = tmp_path / "out"
    (out / "b-checked.csv").mkdir(parents=True)  # a folder of that name is no place to write to, and is left
    (one,) = objects("--out", out, folder / "b.csv")
    assert [Path(output["path"]).name for output in one["outputs"]] == [
        "upload-B76.csv",
        "b-checked-2.csv",
        "b-checked.xlsx",
    ]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", "other", "0 bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0", "other", "Paste the words"),
        (b"%PDF-1.4", "other", "PDF"),
        (b"PK\x03\x04\0\0xl/workbook.xml", "other", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other", "damaged"),
        (b"ENTRY_NUMBER,CLAIM_NUMBER,STATUS,ERROR_DESCRIPTION\n", "claim-details", "Claim Details"),
        (b"\xff\xfe\0\xd8", "other", ""),
    ],
)
def test_a_file_it_cannot_work_is_named_and_never_ignored(content, kind, said, tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    (one,) = objects(path)
    assert (one["verdict"], one["sheets"][0]["kind"]) == ("ask" if kind == "other" else "answer", kind)
    assert said in one["sheets"][0]["refused"]
    assert one["sheets"][0]["refused"] in " ".join(one["reply"]["text"].split())


def test_settings_are_refused_as_path_and_line(tmp_path):
    path = tmp_path / "capebot.toml"
    path.write_text('[bot]\nlog_level = "info"\nlog_lvl = "x"\n')
    result = run("doctor", "--config", path)
    assert result.exit_code == 1
    assert f"{path}:3: bot.log_lvl: unknown setting" in result.stderr


def test_settings_without_a_channel_are_wrong(tmp_path, monkeypatch):
    path = tmp_path / "capebot.toml"
    path.write_text("")
    monkeypatch.setenv("CAPEBOT_DATABASE_URL", f"sqlite:///{tmp_path}/capebot.db")
    result = run("doctor", "--config", path)
    assert result.exit_code == 1
    assert "WRONG  no channel is set up\n       add [[mail]], [[slack]] or [[folder]]" in result.output


def test_cases_and_quarantine_on_a_new_database(tmp_path, monkeypatch):
    path = tmp_path / "capebot.toml"
    path.write_text("")
    monkeypatch.setenv("CAPEBOT_DATABASE_URL", f"sqlite:///{tmp_path}/capebot.db")
    assert "no case yet" in run("cases", "--config", path).output
    assert "nothing waits for a person" in run("quarantine", "--config", path).output
    assert run("quarantine", "--config", path, "show", "folder-0").exit_code == 1


def test_every_command_of_the_contract_is_there():
    assert set(main.commands) >= {"triage", "demo", "serve", "explain", "check", "doctor", "cases", "quarantine"}
    for name in main.commands:
        assert run(name, "--help").exit_code == 0


def test_explain_starts_in_well_under_a_second():
    code = (
        "import sys; sys.argv = ['capebot', 'explain', 'claim-not-started']\nfrom bot.cli import main\n"
        "try: main()\nfinally: print([name for name in ('dbos', 'sqlalchemy', 'slack_bolt', 'mailparser', 'rapidfuzz',"
        " 'alembic', 'imapclient', 'pydantic') if name in sys.modules], file=sys.stderr)"
    )
    began = time.monotonic()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    took = time.monotonic() - began
    assert "[]" in result.stderr, f"heavy libraries are loaded: {result.stderr}"
    assert took < 5  # seconds, on any machine; what is not imported is the real test
