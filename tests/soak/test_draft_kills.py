"""kill -9 while drafts are put into a real server's folder: at any moment, and in the end each stands there once."""

import subprocess
import sys
import time
from pathlib import Path
from random import SystemRandom

import pytest
from channels.mail.conftest import USER
from channels.mail.test_drafts import FOLDER, INCOMING, draft, reply
from imapclient import IMAPClient
from servers.dovecot import Dovecot

from bot.channels.mail.drafts import DraftFolder
from bot.settings import Mailbox

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
KILLS = 30
TESTS = str(Path(__file__).parents[1])
CHANCE = SystemRandom()
CHILD = """
import sys
sys.path.insert(0, sys.argv[3])
from channels.mail.test_drafts import INCOMING, draft, reply
from bot.channels.mail.drafts import DraftFolder
from bot.settings import Mailbox
settings, first = Mailbox.model_validate_json(sys.argv[1]), int(sys.argv[2])
for number in range(first, first + 10_000):
    print(number, flush=True)
    DraftFolder(settings).put(INCOMING, reply(draft(f"version {number}")), f"ref-{number}")
"""


def test_killed_anywhere(monkeypatch):
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "pw")
    server = Dovecot([USER]).start()
    try:
        settings = Mailbox(
            address=USER, host="127.0.0.1", port=server.port, tls="none", drafts=True, smtp={"host": "127.0.0.1"}
        )
        number = 0
        for _ in range(KILLS):
            words = [sys.executable, "-c", CHILD, settings.model_dump_json(), str(number), TESTS]
            child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
            number = int(child.stdout.readline())
            time.sleep(CHANCE.uniform(0, 0.3))
            child.kill()
            number = int((child.communicate()[0].split() or [number])[-1])  # it is done again, as after a crash
        DraftFolder(settings).put(INCOMING, reply(draft(f"version {number}")), f"ref-{number}")
        client = IMAPClient("127.0.0.1", server.port, ssl=False)
        client.login(USER, "pw")
        client.select_folder(FOLDER)
        (mail,) = client.fetch(client.search(), ["BODY.PEEK[]"]).values()
        assert f"version {number}".encode() in mail[b"BODY[]"]
        client.shutdown()
    finally:
        server.close()
