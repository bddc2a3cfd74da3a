"""The loader and `capebot check`, on broken files that say themselves what is wrong, and the knowledge that ships.

In `broken_knowledge/` a line ends in `#! what`: that complaint, and no other, is expected of this line; several are
parted by `|`. Each is laid over the sound folder `_sound`; a single file takes the place of its one knowledge file.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.catalogue import ASKS, ESCALATE, FILED, KINDS, NEXT_STEPS, SECTIONS
from bot.core.meaning import from_bytes
from bot.core.model import Type06
from bot.core.words import ASK_WORDS, FILED_WORDS, NEXT_STEP_WORDS
from bot.knowledge import KnowledgeError, check, load, load_meaning
from bot.knowledge.learned import OTHER_TALK, texts_to_learn
from bot.knowledge.registers import ids_in
from bot.learning import learn_folder, mixed

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "knowledge"
BROKEN = Path(__file__).parent / "broken_knowledge"
TODAY = date(2026, 11, 24)
CATALOGUE = load(SHIPPED)


def told(folder):
    """What `check` says, but for what only a whole folder can have: every file of the list, and a fresh model."""
    apart = ("has no file errors/", "it is found by its wordings alone", "run capebot learn")
    return tuple(one for one in check(folder, TODAY) if not any(words in one.what for words in apart))


def laid_over(fixture, tmp_path):
    """The sound folder with a broken part; gives it and the expected (path, line, what)."""
    folder = tmp_path / "knowledge"
    shutil.copytree(BROKEN / "_sound", folder)
    parts = [fixture] if fixture.is_file() else sorted(path for path in fixture.rglob("*") if path.is_file())
    expected = []
    for part in parts:
        target = folder / ("errors/duplicate-entry.md" if part == fixture else part.relative_to(fixture))
        lines = []
        for number, line in enumerate(part.read_text(encoding="utf-8").split("\n"), 1):
            text, marked, what = line.partition("#!")
            lines.append(text.rstrip() if marked else line)
            expected += [(str(target), number, one.strip()) for one in what.split(" | ") if marked]
        target.write_text("\n".join(lines), encoding="utf-8")
    return folder, sorted(expected)


@pytest.mark.parametrize("fixture", sorted(p for p in BROKEN.iterdir() if p.name != "_sound"), ids=lambda p: p.stem)
def test_every_problem_is_told_at_once_and_on_its_line(fixture, tmp_path):
    folder, expected = laid_over(fixture, tmp_path)
    got = list(told(folder))
    assert expected
    assert sorted((one.path, one.line) for one in got) == [(path, line) for path, line, _ in expected], "\n".join(
        map(str, got)
    )
    said = [str(one).removeprefix(f"{one.path}:{one.line}: ") for one in got]
    for path, line, what in expected:
        assert any(what in text for text, one in zip(said, got, strict=True) if (one.path, one.line) == (path, line)), (
            what,
            said,
        )


def test_the_sound_folder_is_sound(tmp_path):
    shutil.copytree(BROKEN / "_sound", tmp_path / "knowledge")
    assert told(tmp_path / "knowledge") == ()


def test_loading_raises_with_all_errors_and_lets_warnings_pass(tmp_path):
    folder, expected = laid_over(BROKEN / "words-outside-their-lists.md", tmp_path / "one")
    with pytest.raises(KnowledgeError) as raised:
        load(folder)
    assert len(raised.value.problems) == len(expected)
    assert str(raised.value).splitlines() == [str(problem) for problem in raised.value.problems]
    assert re.match(r".+/duplicate-entry\.md:4: kind = “fil”", str(raised.value))
    for warned in ("nothing-tests-it.md", "long-not-checked.md", "not-a-knowledge-file"):
        folder, _ = laid_over(BROKEN / warned, tmp_path / warned)
        assert [error.id for error in load(folder).errors] == ["duplicate-entry"]


@pytest.mark.parametrize("name", ["contacts.toml", "words.toml", "ids.toml", "rules.toml"])
def test_a_missing_register_is_told(name, tmp_path):
    shutil.copytree(BROKEN / "_sound", tmp_path / "knowledge")
    (tmp_path / "knowledge" / name).unlink()
    assert [str(one) for one in told(tmp_path / "knowledge")] == [
        f"{tmp_path}/knowledge/{name}:1: this file is missing"
    ]


def test_an_empty_folder_is_told(tmp_path):
    assert f"{tmp_path}/errors:1: there is no knowledge file: ID.md" in map(str, check(tmp_path, TODAY))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"), ""),  # as Notepad saves it
        (lambda text: text.replace(b"+++\n", b"+++  \n"), ""),
        (lambda text: text.replace(b"Take one", b"Take \xfcne"), "duplicate-entry.md:30: is not UTF-8"),
        (lambda _: b"", "duplicate-entry.md:1: the file begins with a line +++"),
    ],
    ids=["notepad", "trailing-spaces", "latin-1", "empty"],
)
def test_files_as_editors_leave_them(change, what, tmp_path):
    shutil.copytree(BROKEN / "_sound", tmp_path / "knowledge")
    path = tmp_path / "knowledge/errors/duplicate-entry.md"
    path.write_bytes(change(path.read_bytes()))
    problems = [str(one) for one in told(tmp_path / "knowledge")]
    assert (what in problems[0]) if what else problems == []


def test_look_alikes_that_name_each_other_may_share_cbps_words(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(BROKEN / "_sound", folder)
    one = (folder / "errors/duplicate-entry.md").read_text()
    like = 'look_alikes = [{{ id = "{}", question = "Which of the two?" }}]\nsources ='
    two = one.replace('"duplicate-entry"', '"invalid-hts"').replace('kind = "file"', 'kind = "entry"')
    two = two.replace("the same entry twice in the file", "said twice by ABI")
    two = two.replace("CAPE error: Duplicate", "ABI error 77 Duplicate")
    two = two.replace("sources =", 'codes = ["77"]\nnear = ["ABI"]\nsources =')
    (folder / "errors/invalid-hts.md").write_text(two.replace("sources =", like.format("duplicate-entry")))
    assert any("stands in" in str(problem) for problem in check(folder, TODAY))  # only one names the other
    (folder / "errors/duplicate-entry.md").write_text(one.replace("sources =", like.format("invalid-hts")))
    assert told(folder) == ()


# What ships.


def test_the_shipped_knowledge_has_nothing_to_mend():
    assert check(SHIPPED, TODAY) == ()


def test_old_facts_are_told_and_do_not_stop_the_bot():
    problems = check(SHIPPED, TODAY + timedelta(days=91))
    assert len(problems) == len(CATALOGUE.errors)
    assert {problem.severity for problem in problems} == {"warning"}
    assert "last checked 91 days ago" in problems[0].what


def test_the_closed_lists_have_words_for_the_reader():
    assert set(ASKS) == set(ASK_WORDS)
    assert set(FILED) == set(FILED_WORDS)
    assert set(NEXT_STEPS) == set(NEXT_STEP_WORDS)
    readme = (SHIPPED / "README.md").read_text()
    missing = [word for words in (KINDS, ESCALATE, FILED, NEXT_STEPS) for word in words if f"`{word}`" not in readme]
    missing += [name for name in SECTIONS if f"## {name}" not in readme]
    assert missing == []


def test_the_readme_explains_every_field_and_its_example_is_valid(tmp_path):
    readme = (SHIPPED / "README.md").read_text()
    example = (SHIPPED / "errors/_example.md").read_text()
    fields = set(re.findall(r"(?m)^(?:# )?([a-z_0-9]+) = ", example)) | {"address"}
    assert [field for field in sorted(fields) if f"`{field}`" not in readme] == []
    shutil.copytree(SHIPPED, tmp_path / "knowledge")
    shown = re.search(r"(?s)```\n(\+\+\+\n.*?)```", readme)[1]
    (tmp_path / "knowledge/errors/statement-processing-not-complete.md").write_text(shown)
    assert told(tmp_path / "knowledge") == ()


def test_the_example_is_valid_and_shows_every_field(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "knowledge")
    example = (SHIPPED / "errors/_example.md").read_text()
    (tmp_path / "knowledge/errors/example.md").write_text(example)
    with (tmp_path / "knowledge/ids.toml").open("a") as ids:
        ids.write('example = { kind = "entry", rows = [] }\n')
    assert told(tmp_path / "knowledge") == ()
    shown = load(tmp_path / "knowledge").error("example")
    unset = {name for name in shown.__dataclass_fields__ if not getattr(shown, name)}
    assert unset == {"retired", "replaced_by"}  # a remark shows these
    assert {part.name for advice in shown.advice for part in advice.sections} == set(SECTIONS)
    assert "example" not in [error.id for error in CATALOGUE.errors]


def test_the_list_of_ids_is_complete():
    ids = ids_in(SHIPPED / "ids.toml", [])
    assert len(ids) == 83
    assert {error.id for error in CATALOGUE.errors} <= set(ids)
    rows = [row for situation in ids.values() for row in situation.rows]
    assert len(rows) == len(set(rows))
    by_letter = {letter: sum(row[0] == letter for row in rows) for letter in "FBCEPARZKX"}
    assert by_letter == {"F": 10, "B": 6, "C": 6, "E": 28, "P": 6, "A": 12, "R": 16, "Z": 7, "K": 1, "X": 3}


@pytest.mark.parametrize("error", CATALOGUE.errors, ids=lambda error: error.id)
def test_each_file_is_full(error):
    assert len(error.wordings) >= 8
    assert len(error.matches) >= 5
    assert len(error.not_matches) >= 4
    assert error.look_alikes
    assert all(source.dated <= error.verified for source in error.sources)
    assert not re.search(r"\b(?:ChatGPT|TODO|FIXME|lorem)\b", Path(error.path).read_text(), re.IGNORECASE)


APRIL, MAY, JUNE, JULY = date(2026, 4, 25), date(2026, 5, 20), date(2026, 6, 25), date(2026, 7, 7)
AUGUST, LATE = date(2026, 8, 21), date(2026, 12, 21)


@pytest.mark.parametrize(
    ("id_", "day", "type06", "next_step", "escalate"),
    [
        ("hts-relationship-sequence-mismatch", APRIL, "unknown", "escalate", "always"),
        ("hts-relationship-sequence-mismatch", JUNE - timedelta(1), "yes", "escalate", "always"),
        ("hts-relationship-sequence-mismatch", JUNE, "yes", "resubmit", "if-persists"),
        ("hts-relationship-sequence-mismatch", TODAY, "unknown", "resubmit", "if-persists"),
        ("hts-relationship-mismatch", JULY, "yes", "psc-first", "if-evidence"),
        ("hts-relationship-mismatch", AUGUST - timedelta(1), "yes", "psc-first", "if-evidence"),
        ("hts-relationship-mismatch", AUGUST, "yes", "escalate", "always"),
        ("hts-relationship-mismatch", AUGUST, "mixed", "psc-first", "if-evidence"),
        ("hts-relationship-mismatch", TODAY, "no", "psc-first", "if-evidence"),
        ("hts-relationship-mismatch", LATE - timedelta(1), "no", "psc-first", "if-evidence"),
        ("hts-relationship-mismatch", LATE, "no", "protest-or-counsel", "if-evidence"),
        ("hts-relationship-mismatch", LATE, "yes", "escalate", "always"),
        ("rejected-by-batch-validation", TODAY, "unknown", "fix-and-resubmit", "if-evidence"),
        ("not-11-characters-long", TODAY, "unknown", "fix-and-resubmit", "if-evidence"),
        ("statement-processing-not-complete", TODAY, "unknown", "wait", "if-persists"),
        ("unable-to-calculate-duty", APRIL, "unknown", "wait", "if-evidence"),
        ("unable-to-calculate-duty", TODAY, "unknown", "resubmit", "if-persists"),
        ("jms-processing-exception", TODAY, "unknown", "retry", "if-persists"),
        ("claim-not-started", TODAY, "unknown", "wait", "never"),
        ("entry-summary-updated", TODAY, "unknown", "nothing-to-do", "never"),
        ("psc-not-allowed-864", APRIL, "unknown", "wait", "if-evidence"),
        ("psc-not-allowed-864", MAY, "unknown", "wait", "never"),
    ],
)
def test_what_to_do_on_a_day(id_, day, type06, next_step, escalate):
    rule = CATALOGUE.error(id_).rule_on(day, Type06(type06))
    assert (rule.next_step, rule.escalate) == (next_step, escalate)


@pytest.mark.parametrize("error", CATALOGUE.errors, ids=lambda error: error.id)
def test_every_rule_and_advice_has_its_day(error):
    starts = sorted({rule.start for rule in error.rules} | {advice.start for advice in error.advice})
    for day in (starts[0] - timedelta(1), *starts, date(2030, 1, 1)):
        for type06 in Type06:
            assert error.rule_on(day, type06) in error.rules
        assert error.advice_on(day) in error.advice
    assert error.advice_on(starts[-1]).start <= starts[-1]


def test_the_psc_window_closes_with_the_last_ieepa_entry():
    last_entry = date(2026, 2, 23)  # IEEPA duties ended for goods entered on or after 24 February 2026
    assert last_entry + timedelta(days=300) == LATE - timedelta(days=1)


def test_the_advice_that_was_reversed():
    error = CATALOGUE.error("hts-relationship-sequence-mismatch")
    april, june = error.advice_on(APRIL), error.advice_on(TODAY)
    said = {advice.start: " ".join(item for part in advice.sections for item in part.items) for advice in (april, june)}
    assert "Do not upload the same file again" in said[april.start]
    assert "on a new Declaration, unchanged" in said[june.start]
    assert (error.retired, error.replaced_by) == (JUNE, ("hts-relationship-mismatch", "invalid-hts"))


def test_messages_as_cbp_prints_them():
    assert CATALOGUE.error("unable-to-calculate-duty").official == "Unable to Calculate Duty-'X' Duty Comp Code"
    assert replace(CATALOGUE.error("claim-not-started"), messages=()).official == ""


def test_contacts_of_a_draft_have_an_address():
    used = {error.contact for error in CATALOGUE.errors if {rule.escalate for rule in error.rules} != {"never"}}
    assert all("@" in CATALOGUE.contact(key).address for key in used)
    assert CATALOGUE.contact("ieepa-refunds").address == "IEEPARefunds@cbp.dhs.gov"
    assert CATALOGUE.contact("ace-help-desk").phone == "866-530-4172"


def test_importing_the_loader_is_quick():
    heavy = ("rapidfuzz", "ahocorasick_rs", "pydantic", "jinja2", "sqlalchemy", "dbos", "slack_bolt", "holidays")
    code = f"import sys, bot.knowledge, bot.explain; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=30)
    assert out.stdout.strip() == "[]"


def test_type_06_reads_words_of_its_own():
    error = CATALOGUE.error("hts-relationship-mismatch")
    day = date(2026, 11, 24)
    usual, ftz = error.advice_on(day), error.advice_on(day, Type06.YES)
    assert (usual.type06, ftz.type06) == ("any", "yes")
    assert "PSC window open" in " ".join(usual.sections[1].items)
    assert "PSC" not in " ".join(ftz.sections[1].items)
    assert error.advice_on(date(2026, 6, 30), Type06.YES).type06 == "any"
    assert error.advice_on(day, Type06.MIXED) == usual


def test_what_a_whole_folder_must_have_is_told(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(BROKEN / "_sound", folder)
    assert [str(one) for one in check(folder, TODAY)] == [
        f"{folder}/ids.toml:3: warning: “invalid-hts” has no file errors/invalid-hts.md yet"
    ]
    (folder / "paraphrases").mkdir()
    (folder / "paraphrases/invalid-hts.txt").write_text("# a remark\nthe tariff number had expired\n")
    (folder / "paraphrases/nothing.txt").write_text("x\n")
    said = [str(one).removeprefix(f"{folder}/") for one in check(folder, TODAY)]
    assert "learned.bin:1: warning: there is no model yet: run capebot learn" in said
    assert "paraphrases/nothing.txt:1: “nothing” is no id in ids.toml" in said
    assert any("no paraphrases/duplicate-entry.txt" in one for one in said)
    (folder / "learned.bin").write_bytes(b"nonsense")
    assert any("learned.bin:1: not a model of this version" in str(one) for one in check(folder, TODAY))
    with pytest.raises(KnowledgeError, match=r"learned\.bin:1"):
        load_meaning(folder)


def test_the_model_that_ships_is_that_of_its_texts():
    texts, fresh = texts_to_learn(CATALOGUE, SHIPPED, [])
    model = load_meaning(SHIPPED)
    assert model.made_from == fresh, "run capebot learn"
    assert set(model.classes) == {error.id for error in CATALOGUE.errors} | set(OTHER_TALK)
    assert min(sum(name == error.id for _, name in texts) for error in CATALOGUE.errors) >= 80


def test_mixtures_hold_their_matters_and_no_other_talk_as_one():
    texts = [("twice", "a"), ("wrong", "b"), ("late", "c"), ("what now", "_vague"), ("the printer", "_ordinary")]
    made = mixed(texts)
    assert made == mixed(texts)
    words = {"a": "twice", "b": "wrong", "c": "late"}
    for text, matters in made:
        assert {name for name, word in words.items() if word in text} == matters
        assert "printer" not in text
    assert {len(matters) for _, matters in made} == {1, 2, 3}


def test_learning_again_gives_the_same_answers(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(BROKEN / "_sound", folder)
    (folder / "paraphrases").mkdir()
    (folder / "paraphrases/duplicate-entry.txt").write_text(
        "one number stands there twice\nthe same number two times\n"
    )
    (folder / "paraphrases/invalid-hts.txt").write_text("the tariff number is wrong\na wrong tariff number\n")
    (folder / "paraphrases/_ordinary.txt").write_text("the invoice stands there\nlunch at two\nthe printer is out\n")
    assert "learnt from" in learn_folder(folder)
    first = (folder / "learned.bin").read_bytes()
    learn_folder(folder)
    assert (folder / "learned.bin").read_bytes() == first
    assert load_meaning(folder).scores("the same number stands there twice").best[0][0] == "duplicate-entry"
    assert from_bytes(load_meaning(folder).to_bytes()) == load_meaning(folder)


@pytest.mark.parametrize(
    ("was", "instead", "said"),
    [
        ('name = "cape"', 'name = "kape"', "is not one of"),
        ('name = "cape"', 'name = "protest"', "there is no [[window]] with the name “cape”"),
        ("days = 80", "days = 0", "must be a whole number above 0"),
        ("days = 80", 'days = "80"', "must be a whole number, without quotes"),
        ('codes = ["21", "22"]', 'codes = ["21", "2"]', "is no entry type: two digits"),
        ('cape = "later"', 'cape = "maybe"', "is not one of: yes, no, later"),
        ('"9903.88"', '"9903.8"', "write 9903.01.25"),
        ("from = 2026-07-07", "from = 2026-04-20", "there are two [[entry_type]] for “21”"),
        ("dated = 2026-07-07\n", "", "an official source has a day"),
        ('name = "Phase 1"', 'nam = "Phase 1"', "“nam” is no field here"),
    ],
)
def test_rules_are_checked(was, instead, said, tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(BROKEN / "_sound", folder)
    path = folder / "rules.toml"
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, instead, 1))
    assert any(said in str(one) and "rules.toml:" in str(one) for one in check(folder, TODAY)), list(
        map(str, check(folder, TODAY))
    )


def test_rules_as_of_a_day():
    rules = CATALOGUE.rules
    assert rules.entry_type("21", date(2026, 7, 6)).cape == "yes"
    assert rules.entry_type("21", date(2026, 7, 7)).cape == "later"
    assert rules.entry_type("99", TODAY) is None
    assert rules.window("cape", TODAY) == timedelta(days=80)
    assert rules.limit("entries", TODAY) == 9_999
    assert [rules.heading_class(hts, TODAY) for hts in (
        "9903.01.25", "99030125", "9903.01.04", "9903.02.45", "9903.03.01", "9903.03.15", "9903.88.15", "8471.30.0100",
    )] == ["ieepa", "ieepa", "ieepa-exempt", "ieepa", "section-122", "section-338-exempt", "section-301", ""]  # fmt: skip
    assert "dated Wed 28 Jan 2026 or later" in rules.psc_today(TODAY)
    assert "closed for every IEEPA entry" in rules.psc_today(date(2026, 12, 21))
    assert "closed" not in rules.psc_today(date(2026, 12, 20))
    assert "liquidated Sat 5 Sep 2026 or later" in rules.liquidated_today(TODAY)
