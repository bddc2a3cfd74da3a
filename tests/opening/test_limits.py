"""The child process: held to its limits, ended with its group, nothing left behind."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import workbooks

from bot.core.model import Attachment
from bot.core.sheets.grid import Unreadable
from bot.opening import Limits, open_file, process, sentences

BOOK = workbooks.xlsx("<row><c><v>1</v></c></row>")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def opened(content, **limits):
    return open_file(Attachment("a.xlsx", content), Limits(**limits))


def descriptors():
    gc.collect()
    return {str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()}


HEAD = "import json, os, resource, signal, sys, time\ngiven = json.loads(sys.argv[1])\n"


@pytest.fixture
def instead(monkeypatch, tmp_path):
    """Have another script run in the child's place."""

    def run(script, head=HEAD):
        path = tmp_path / "child.py"
        path.write_text(head + script)
        monkeypatch.setattr(process, "_CHILD", str(path))

    return run


@LINUX
def test_memory_is_limited():
    texts = workbooks.xlsx("<row><c><v>1</v></c></row>", shared=[f"<t>{n}{'x' * 4_000}</t>" for n in range(10_000)])
    assert opened(texts, memory=60_000_000, ratio=2_000) == sentences.TOO_MUCH_MEMORY
    assert isinstance(opened(texts, ratio=2_000), tuple)


def test_the_processor_is_limited(instead):
    real = Path(process.__file__).with_name("child.py").read_text().partition('if __name__ == "__main__":')[0]
    instead("_confine(json.loads(sys.argv[1])['limits'], 1)\nwhile True: pass\n", real)
    began = time.monotonic()
    assert opened(BOOK, seconds=9) == sentences.TOO_SLOW
    assert time.monotonic() - began < 8


def test_the_clock_is_limited_and_the_group_ended(instead, tmp_path):
    note = tmp_path / "pid"
    instead(f"pid = os.fork()\nif not pid: time.sleep(99)\nopen({str(note)!r}, 'w').write(str(pid))\ntime.sleep(99)\n")
    began = time.monotonic()
    assert opened(BOOK, seconds=1, seconds_per_megabyte=0) == sentences.TOO_SLOW
    assert time.monotonic() - began < 5
    grandchild = int(note.read_text())
    for _ in range(50):
        if not Path(f"/proc/{grandchild}").exists() or ") Z " in Path(f"/proc/{grandchild}/stat").read_text():
            break
        time.sleep(0.02)
    else:
        os.kill(grandchild, signal.SIGKILL)
        pytest.fail("it went on")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", sentences.TOO_MUCH_MEMORY),
        ("os.kill(os.getpid(), signal.SIGSEGV)", sentences.DAMAGED),
        ("raise ValueError", sentences.DAMAGED),
        ("print('no json')", sentences.DAMAGED),
        ("print('[]')", sentences.DAMAGED),
        ("while True: print('x' * 1_000_000)", sentences.TOO_SLOW),
    ],
)
def test_a_child_that_ends_badly(instead, script, sentence):
    instead(script)
    assert opened(BOOK) == sentence


def test_a_full_disk_is_nothing_that_the_sender_could_mend(instead):
    instead("sys.exit(74)")
    with pytest.raises(OSError, match="No space"):
        opened(BOOK)


@LINUX
def test_the_child_gets_no_secret_and_no_files_of_ours(instead, monkeypatch):
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "secret")
    instead(
        "seen = [*os.environ, *sys.path, sys.flags.isolated, os.getcwd(), os.getpgid(0) == os.getpid()]\n"
        "seen.append(sorted(os.listdir('/proc/self/fd'), key=int)[:5] == ['0', '1', '2', '3', str(given['out'])])\n"
        "print(json.dumps({'why': json.dumps(seen)}))"
    )
    seen = opened(BOOK)
    assert "CAPEBOT" not in seen
    assert "PYTHONPATH" not in seen
    assert ' 1, "/", true' in seen


@LINUX
def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = descriptors()
    (grid,) = opened(BOOK)
    assert list(tmp_path.iterdir()) == []  # a file without a name
    reading = grid.rows()
    del grid
    gc.collect()
    assert list(reading) == [(1, ["1"])]  # alive while anybody reads
    del reading
    assert opened(b"PK\x03\x04 broken") == sentences.ZIP_DAMAGED
    assert len(opened(workbooks.zipped({"a": "b"}))) == 1
    assert descriptors() <= before
    assert list(tmp_path.iterdir()) == []
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [one for one in children if ") Z " in Path(f"/proc/{one}/stat").read_text()]


def test_several_threads_read_one_table_and_open_files():
    (grid,) = opened(workbooks.xlsx("<row><c><v>1</v></c></row>" * 20_000))
    sums = []
    threads = [threading.Thread(target=lambda: sums.append(sum(number for number, _ in grid.rows()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [sum(range(20_001))] * 3


def test_a_table_that_is_gone_says_so():
    (grid,) = opened(BOOK)
    os.ftruncate(grid.rows.func.__self__.descriptor, 0)
    with pytest.raises(Unreadable):
        list(grid.rows())


def test_it_starts_wherever_it_is_called_from(tmp_path):
    script = "from bot.opening import open_file; from bot.core.model import Attachment; import sys;"
    script += "print(open_file(Attachment('a', sys.stdin.buffer.read())))"
    root = str(Path(process.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=BOOK, capture_output=True, cwd=root, check=True, env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert b"Grid" in done.stdout
