"""What reaches standard error: JSON lines that say who and what, never what a library quoted."""

import json
import subprocess
import sys

CODE = """
import logging, warnings
from bot.logs import set_up
set_up("info")
logging.getLogger("somebody.library").warning("Failed: %s", "Entry B76-0000000-0")
logging.getLogger("quiet").info("Entry B76-0000000-0")
try:
    int("B76-0000000-0")
except ValueError:
    logging.getLogger("loud").exception("Entry B76-0000000-0")
warnings.warn("Entry B76-0000000-0")
"""


def test_libraries_lines_are_json_and_quote_nothing():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(one["logger"], one["level"], one["error"]) for one in lines] == [
        ("somebody.library", "warning", ""),
        ("loud", "error", "ValueError"),
        ("py.warnings", "warning", ""),
    ]
    assert "B76" not in done.stderr + done.stdout
