"""A local Slack in a network namespace of its own: it listens on every interface, so it gets none but loopback.

`python local_slack.py SCENARIO FOLDER` runs inside that namespace: it starts local-slack and the whole bot over a
SQLite file, plays the scenario (JSON lines: a control call each, or a wait), and prints what came of it as JSON.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

PORT = 3100
URL = f"http://127.0.0.1:{PORT}"
PACKAGE = "local-slack-linux-x64"
HOW = f"npm install --prefix .cache/local-slack {PACKAGE}@0.1.8 (from the project's folder)"
ROOT = Path(__file__).resolve().parents[2]
CONFIG = """workspace: { name: Brokerage, domain: brokerage, teamId: T01TEST }
app:
  appId: A01APP
  botUserId: U0BOT
  botName: capebot
  botToken: xoxb-test-token
  appToken: xapp-test-token
  signingSecret: test-signing-secret
  mode: socket
  requestUrl: http://127.0.0.1:4000/slack/events
users:
  - { id: U01ALICE, name: alice, real_name: Alice Anderson, email: alice@example.com }
  - { id: U02BOB, name: bob, real_name: Bob Brown, email: bob@example.com }
channels:
  - { id: C01GEN, name: general, members: [U01ALICE, U02BOB, U0BOT] }
"""


def binary():
    """Where npm put it; None when it is not there."""
    places = [os.environ.get("CAPEBOT_LOCAL_SLACK", ""), ROOT / ".cache/local-slack/node_modules" / PACKAGE / "bin/local-slack"]
    return next((Path(place) for place in places if place and Path(place).is_file()), None)


def play(scenario, folder, timeout=60):
    """Run a scenario in a namespace with only loopback; gives what the driver printed."""
    flags = "-n" if os.geteuid() == 0 else "-rn"
    inside = ["bash", "-c", 'ip link set lo up; exec "$@"', "_", sys.executable, __file__, json.dumps(scenario), str(folder)]
    result = subprocess.run(["unshare", flags, *inside], capture_output=True, text=True, timeout=timeout, check=False)
    assert result.returncode == 0, result.stderr[-4000:]
    return json.loads(result.stdout)


def call(path, body=None, *, files=None):
    """A control call; a multipart one when there are files."""
    if files is None:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(URL + path, data=data, headers={"Content-Type": "application/json"})
    else:
        mark = uuid.uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in body.items()]
        for name, content in files:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
            parts.append(head.encode() + content.encode() + b"\r\n")
        data = b"".join(parts) + f"--{mark}--\r\n".encode()
        request = urllib.request.Request(URL + path, data=data, headers={"Content-Type": f"multipart/form-data; boundary={mark}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.strip().startswith(("{", "[")) else text


def _drive(scenario, folder):
    folder = Path(folder)
    (folder / "config.yaml").write_text(CONFIG)
    server = subprocess.Popen(
        [binary(), "--config", folder / "config.yaml", "--port", str(PORT), "--base-host", "127.0.0.1", "--files-dir", folder / "files"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until(lambda: call("/_control/state"), 15)
        os.environ |= {"SLACK_API_URL": f"{URL}/api/", "SLACK_BOT_TOKEN": "xoxb-test-token", "SLACK_APP_TOKEN": "xapp-test-token"}
        stop = threading.Event()
        bot = threading.Thread(target=_serve, args=(folder, stop), daemon=True)
        bot.start()
        results = [_step(step) for step in scenario]
        results.append(call("/_control/state"))
        stop.set()
        bot.join(20)
    finally:
        server.terminate()
        server.wait(10)
    print(json.dumps(results))


def _serve(folder, stop):
    from bot import assembly
    from bot.logs import set_up
    from bot.settings import Bot, Settings, Slack

    set_up("info")
    settings = Settings(
        bot=Bot(database_url=f"sqlite:///{folder}/capebot.db", poll_interval=0.05),
        slack=(Slack(file_hosts=("127.0.0.1",)),),
    )
    with assembly.opened(settings) as store:
        assembly.service(settings, store).run(stop)


def _step(step):
    kind, body = step["do"], step.get("with", {})
    if kind == "wait":  # until so many messages of the bot stand in a channel
        return _until(lambda: _bots(body["channel"], body["count"]), body.get("seconds", 20))
    if kind == "pause":
        return time.sleep(body)
    if kind == "log":
        return call("/_control/log")
    if kind == "connected":
        return _until(lambda: "apps.connections.open" in json.dumps(call("/_control/log")), 20)
    if kind == "upload":
        return call("/_control/upload", body, files=step["files"])
    return call(f"/_control/{kind}", body)


def _bots(channel, count):
    messages = call(f"/_control/messages/{channel}")
    messages = messages.get("messages", messages) if isinstance(messages, dict) else messages
    mine = [one for one in messages if one.get("user") == "U0BOT" or one.get("bot_id")]
    return messages if len(mine) >= count else None


def _until(look, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.1)
    return None


if __name__ == "__main__":
    _drive(json.loads(sys.argv[1]), sys.argv[2])
