"""Who may import whom, read from the source. The rooms and their doors are in README, "How it is built"."""

import ast
import sys
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"
FILES = sorted(path for path in BOT.rglob("*.py") if "_data" not in path.parts)

# The standard library that touches clock, network, files or processes; the core has none of it.
IMPURE = {
    "asyncio", "ftplib", "glob", "http", "imaplib", "logging", "multiprocessing", "os", "pathlib", "poplib", "random",
    "secrets", "select", "selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl",
    "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CORE_LIBRARIES = {"rapidfuzz", "ahocorasick_rs", "jinja2", "quotequail", "holidays", "stdnum"}  # pure, on values
CHANNEL_LIBRARIES = {
    "mail": {"imapclient", "msal", "google", "requests", "structlog"},
    "slack": {"slack_bolt", "slack_sdk", "websocket", "structlog"},
    "maildir": {"structlog"},
}
SHARED_BY_CHANNELS = ("bot.core.model", "bot.core.completing", "bot.core.escalation.LISTED", "bot.channels.trail", "bot.core.prose", "bot.core.problems", "bot.core.words", "bot.settings", "bot.mailformat", "bot.channels.marks",
                      "bot.channels.checks", "bot.inputs.is_mail")  # fmt: skip
OPENING_LIBRARIES = {"xlrd", "selectolax"}  # what reads a stranger's containers
PARENT_OF_THE_CHILD = {"__init__.py", "parent.py", "process.py", "spool.py"}  # the rest runs in the child
MAIL_LIBRARIES = {"mailparser", "selectolax", "authres", "structlog"}


def imports(path):
    """Every module a file imports, wherever in it, with relative names never used in this project."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(module):
    return module.partition(".")[0]


def within(module, *rooms):
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def ids(paths):
    return [str(path.relative_to(BOT)) for path in paths]


CORE = [path for path in FILES if "core" in path.relative_to(BOT).parts]
CHANNELS = [path for path in FILES if path.relative_to(BOT).parts[0] == "channels" and path.parent.name != "channels"]
CHANNELS += [BOT / "channels" / "maildir.py"]
FORMAT = [path for path in FILES if path.relative_to(BOT).parts[0] == "mailformat"]
OPENING = [path for path in FILES if path.relative_to(BOT).parts[0] == "opening"]


@pytest.mark.parametrize("path", CORE, ids=ids(CORE))
def test_the_core_is_pure(path):
    for module in imports(path):
        name = top(module)
        if name == "bot":
            assert within(module, "bot.core"), f"{module}: the core imports only the core"
        elif name in sys.stdlib_module_names:
            assert name not in IMPURE, f"{module} touches the world"
        else:
            assert name in CORE_LIBRARIES, module


@pytest.mark.parametrize("path", CORE, ids=ids(CORE))
def test_the_core_reads_no_clock_and_no_file(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"open", "print", "input"}, called
            assert not called.endswith((".now", ".today", ".utcnow")), called


@pytest.mark.parametrize("path", CHANNELS, ids=ids(CHANNELS))
def test_a_channel_knows_values_and_its_own_library(path):
    parts = path.relative_to(BOT / "channels").parts
    name = parts[0].removesuffix(".py")
    for module in imports(path):
        if top(module) == "bot":
            own = within(module, f"bot.channels.{name}", *SHARED_BY_CHANNELS)
            contract = module in {
                "bot.channels.NotSent",
                "bot.channels.NotForUs",
                "bot.channels.End",
                "bot.channels.Deed",
                "bot.channels.Channel",
                "bot.__version__",
            }
            assert own or contract, module
        elif top(module) not in sys.stdlib_module_names:
            assert top(module) in CHANNEL_LIBRARIES[name], module


@pytest.mark.parametrize("path", FORMAT, ids=ids(FORMAT))
def test_the_mail_format_knows_values_and_mail_libraries(path):
    for module in imports(path):
        if top(module) == "bot":
            assert within(module, "bot.mailformat", "bot.core.model", "bot.core.case_number"), module
        elif top(module) not in sys.stdlib_module_names:
            assert top(module) in MAIL_LIBRARIES, module


@pytest.mark.parametrize("path", OPENING, ids=ids(OPENING))
def test_the_opening_of_containers_knows_values_and_its_own_libraries(path):
    child = path.name not in PARENT_OF_THE_CHILD
    for module in imports(path):
        if top(module) == "bot":
            assert within(module, "bot.opening", "bot.core.model", "bot.core.sheets.grid"), module
            assert not child or within(module, "bot.opening"), f"{module}: the child loads nothing of the core"
        elif top(module) in sys.stdlib_module_names:
            assert top(module) not in {"pickle", "marshal", "shelve", "shutil", "socket"}, module
            assert top(module) != "subprocess" or path.name == "process.py", "one place starts the child"
        else:
            assert child, f"{module}: the parent never parses a stranger's file"
            assert top(module) in OPENING_LIBRARIES, module


@pytest.mark.parametrize("path", [path for path in FILES if path not in OPENING], ids=lambda path: path.name)
def test_only_the_door_of_the_opening_is_known_outside(path):
    for module in imports(path):
        if within(module, "bot.opening"):
            assert module in {"bot.opening.open_file", "bot.opening.Limits"}, module
            assert "core" not in path.relative_to(BOT).parts, "the core is handed the function"


def test_the_service_does_not_know_its_channels():
    for module in imports(BOT / "service.py"):
        assert not within(module, "bot.channels.mail", "bot.channels.slack", "bot.channels.maildir"), module


@pytest.mark.parametrize("path", CORE, ids=ids(CORE))
def test_the_core_does_not_ask_which_channel(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value.casefold() not in {"slack", "mail", "maildir", "imap"}, "a fact is missing in Incoming"


def test_there_is_one_broad_except_and_it_parks():
    broad = [
        str(path.relative_to(BOT))
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert [name for name in broad if name == "service.py"] == ["service.py"]
    # Guards around other people's parsers and servers, each narrowed in its own words where it stands.
    assert set(broad) <= {"service.py", "mailformat/parse.py"}, broad
