"""`capebot check` on templates: whatever would break a reply is named as path:line, all of it at once."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.checkup import template_problems
from bot.cli import main
from bot.core.problems import Mendable
from bot.core.rehearsal import problems
from bot.core.voice import TEMPLATES, TemplateProblem, Voice
from bot.mind import load_mind
from bot.resources import template_sources

ROOT = Path(__file__).parents[1]
SHIPPED = template_sources(ROOT / "templates")
NAME = re.compile(r"(?<=[\w\]])\.([a-z_]+)")
TAG = re.compile(r"\{[{%].*?[%}]\}")


def slips():
    """The shipped templates with one attribute misspelt, each attribute once."""
    for name, source in SHIPPED.items():
        for tag in TAG.finditer(source):
            for attribute in NAME.finditer(tag[0]):
                at = tag.start() + attribute.start(1)
                line = source.count("\n", 0, at) + 1
                yield pytest.param(name, f"{source[:at]}mis{source[at:]}", line, id=f"{name}:{line}:{attribute[1]}")


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))


def test_what_is_shipped_passes(folder):
    assert problems(SHIPPED) == ()
    assert template_problems(folder) == []


def test_the_command_says_all_and_fails(folder):
    assert CliRunner().invoke(main, ["check", "--templates", str(folder)]).exit_code == 0
    (folder / "reply.txt.j2").write_text("{{ headlin }}")
    (folder / "reply.html.j2").write_bytes(b"\xff")
    result = CliRunner().invoke(main, ["check", "--templates", str(folder)])
    assert result.exit_code == 1
    assert f"{folder}/reply.txt.j2:1: 'headlin' is undefined" in result.stdout
    assert f"{folder}/reply.html.j2:1: byte 0xFF" in result.stdout


@pytest.mark.parametrize(("name", "source", "line"), list(slips()))
def test_a_misspelt_attribute_anywhere_is_named_by_its_line(name, source, line):
    got = problems({**dict.fromkeys(SHIPPED, "The others say this."), name: source})
    assert any(one.startswith(f"{name}:{line}: ") and "mis" in one for one in got), got


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("", 1, "empty"),
        ("  \n\n", 1, "empty"),
        ("{# a remark #}\n", 1, "comes out empty"),
        ("{{ marker }}\n{% include 'footer.j2' %}\n", 2, "no template is named 'footer.j2'"),
        ("{{ marker }}\n{% include 'foo' ~ 'ter' %}\n", 2, "no template is named 'footer'"),
        ("\n{% if %}", 2, "Expected"),
        ("a\n{{ marker|nonsense }}", 2, "nonsense"),
        ("a\n{{ marker + 1 }}", 2, "TypeError"),
        ("a\n\n{{ headlin }}", 3, "'headlin' is undefined"),
        ("a\n{{ diagnosis.__class__ }}", 2, "unsafe"),
    ],
)
def test_each_slip_is_named_with_its_line(source, line, what, folder):
    (folder / "reply.txt.j2").write_text(source)
    lines = template_problems(folder)
    assert any(one.startswith(f"{folder}/reply.txt.j2:{line}: ") and what in one for one in lines), lines


def test_all_broken_templates_are_named_at_once(folder):
    (folder / "reply.txt.j2").write_text("a\n{% if %}")
    (folder / "reply.html.j2").write_bytes("a\nb\nMüller {{ titel }}".encode("cp1252"))
    (folder / "escalation.txt.j2").unlink()
    (folder / "footer.j2").write_text("{{ x")
    lines = template_problems(folder)
    starts = [line.removeprefix(f"{folder}/").split(": ")[0] for line in lines]
    assert set(starts) == {"reply.txt.j2:2", "reply.html.j2:3", "escalation.txt.j2:1", "footer.j2:1"}
    said = "\n".join(lines)
    for words in ("byte 0xFC is no UTF-8", "'titel' is undefined", "missing: copy the one that is shipped"):
        assert words in said


def test_a_slip_in_an_included_template_is_named_there(folder):
    (folder / "footer.j2").write_text("\n{{ diagnosis.day }}")
    (folder / "reply.txt.j2").write_text("{{ marker }}{% include 'footer.j2' %}")
    assert [line.partition(": ")[0] for line in template_problems(folder)] == [f"{folder}/footer.j2:2"]


def test_an_editors_byte_order_mark_is_no_part_of_a_reply(folder):
    path = folder / "reply.txt.j2"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert template_problems(folder) == []
    assert template_sources(folder) == SHIPPED


def test_the_bot_does_not_start_on_templates_that_do_not_pass(folder):
    load_mind(None, folder, ())
    (folder / "reply.txt.j2").write_text("{{ headlin }}")
    with pytest.raises(Mendable, match=r"reply\.txt\.j2:1: 'headlin' is undefined"):
        load_mind(None, folder, ())
    (folder / "reply.txt.j2").write_bytes(b"\xff")
    with pytest.raises(Mendable, match=r"reply\.txt\.j2:1: byte 0xFF"):
        load_mind(None, folder, ())


def test_the_voice_names_all_that_is_broken():
    with pytest.raises(TemplateProblem) as caught:
        Voice(dict.fromkeys(TEMPLATES, "{% if %}"))
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == list(TEMPLATES)


def test_a_template_that_fails_on_a_message_names_its_line():
    voice = Voice({**SHIPPED, "reply.txt.j2": "\n{{ diagnosis.day }}"})
    with pytest.raises(TemplateProblem, match=r"^reply\.txt\.j2:2: .* has no attribute 'day'$"):
        voice.say("reply.txt.j2", diagnosis=date(2026, 4, 20).isoformat)
