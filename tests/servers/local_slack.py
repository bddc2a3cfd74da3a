"""A local Slack in a network namespace of its own: it listens on every interface, so it gets none but loopback.

`python local_slack.py SCENARIO FOLDER` runs inside that namespace: it starts local-slack and the whole bot over a
SQLite file, plays the scenario, and prints what came of it as JSON: what each named step gave, and the bot's log.

A step is [name, what, arguments]. An argument "$name.key" stands for what an earlier step gave.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

import websocket

PORT = 3100
URL = f"http://127.0.0.1:{PORT}"
PACKAGE = "local-slack-linux-x64"
ROOT = Path(__file__).resolve().parents[2]
HOW = (
    f"npm install --prefix .cache/local-slack {PACKAGE}@0.1.8 (from the project's folder), or name the program in"
    " CAPEBOT_LOCAL_SLACK"
)
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
  - { id: U03EVE, name: eve, real_name: "Eve <!channel>", email: eve@example.com }
channels:
  - { id: C01GEN, name: general, members: [U01ALICE, U02BOB, U0BOT] }
  - { id: C02HELP, name: cape-people, members: [U01ALICE, U02BOB, U0BOT] }
"""
_lines = []  # the bot's Socket Mode handlers, the newest last: the server drops what it says before a socket is open
_ENVIRONMENT = {
    "SLACK_API_URL": f"{URL}/api/",
    "SLACK_BOT_TOKEN": "xoxb-test-token",
    "SLACK_APP_TOKEN": "xapp-test-token",
}


def binary():
    """Where npm put it; None when it is not there."""
    inside = f"node_modules/{PACKAGE}/bin/local-slack"
    named = os.environ.get("CAPEBOT_LOCAL_SLACK")
    places = [Path(named)] if named else [ROOT / ".cache/local-slack" / inside, ROOT / inside]
    return next((place for place in places if place.is_file()), None)


def play(scenario, folder, timeout=90):
    """Run a scenario in a namespace with only loopback; gives what each step gave, by its name."""
    flags = ["-n" if os.geteuid() == 0 else "-rn", "--pid", "--fork", "--kill-child"]  # whatever is left goes with it
    inside = ["bash", "-c", 'ip link set lo up; exec "$@"', "_", sys.executable, __file__]
    command = ["unshare", *flags, *inside, json.dumps(scenario), str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    assert result.returncode == 0, result.stderr[-4_000:]
    return json.loads(result.stdout.splitlines()[-1]) | {"log": result.stderr}


class Server:
    """The local Slack as a process."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "config.yaml").write_text(CONFIG)
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [binary(), "--config", self.folder / "config.yaml", "--port", str(PORT), "--base-host", "127.0.0.1",
             "--files-dir", self.folder / "files"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: call("/_control/state"), 15)

    def stop(self):
        self.process.kill()
        self.process.wait(10)

    def freeze(self, seconds):
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)


class Scenario:
    """Plays steps and keeps what they gave."""

    def __init__(self, server):
        self.server = server
        self.gave = {}

    def play(self, name, what, given):
        given = {key: self._meant(value) for key, value in given.items()}
        act = getattr(self, what.replace("-", "_"), None)
        self.gave[name] = act(**given) if act else call(f"/_control/{what}", given).get("message")

    def _meant(self, value):
        if not (isinstance(value, str) and value.startswith("$")):
            return value
        found = self.gave
        for key in value[1:].split("."):
            found = found[int(key) if isinstance(found, list) else key]
        return found

    def connected(self, again=0):
        """The bot has a line to Slack: it asked this server for one, and the socket is open."""
        return until(lambda: _opened() > again and _lines and _lines[-1].client.is_connected(), 30)

    def upload(self, files, **given):
        return call("/_control/upload", given, files=files)["message"]

    def answered(self, channel, thread, blocks=1, files=0, seconds=20):
        """Wait until so many answers and files of the bot stand in a thread ("" for none); gives them."""
        return until(lambda: _enough(channel, thread, blocks, files), seconds) or _of_bot(channel, thread)

    def press(self, message, user, action, times=1):
        """Press a button of a message, perhaps more than once."""
        button = next(one for block in message["blocks"] for one in block.get("elements", ())
                      if one.get("action_id") == action)  # fmt: skip
        given = {"type": "button", "action_id": action, "value": button["value"]}
        where = {"channel": message["channel"], "messageTs": message["ts"], "user": user, "action": given}
        return [call("/_control/interact", where) for _ in range(times)]

    def modal(self, title="Draft to CBP", seconds=5):
        """Wait for a modal; gives it."""
        return until(lambda: _modal(title), seconds)

    def submit(self, user, change=(), times=1, pick=""):
        """Submit the open modal with what stands in it, but for `change`: pairs of a block's beginning and a text."""
        view = _modal("")
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                values[block["block_id"]] = {block["element"]["action_id"]: _filled(block, dict(change), pick)}
        with _browser() as ui:
            for _ in range(times):
                ui.send(json.dumps({"t": "view_submit", "user": user, "values": values}))
            time.sleep(0.5)  # the bot answers while the browser waits
        return _modal("")

    def shown(self, channel, ts, words, seconds=10):
        """Wait until a message shows these words; gives it."""
        return until(lambda: _with(channel, ts, words), seconds)

    def files(self, message):
        """What the files of a message hold."""
        return [_download(file["url_private"]) for file in message.get("files", ())]

    def messages(self, channel):
        return call(f"/_control/messages/{channel}")["messages"]

    def pause(self, seconds):
        time.sleep(seconds)

    def restart(self, away):
        self.server.stop()
        time.sleep(away)
        self.server.start()

    def freeze(self, seconds):
        self.server.freeze(seconds)

    def doctor(self):
        from bot.channels.slack import doctor  # noqa: PLC0415 - the bot is imported by the driver, not by the tests
        from bot.settings import Slack  # noqa: PLC0415 - as above

        return [[one.ok, one.what] for one in doctor.check(Slack())]


@contextmanager
def _browser():
    ui = websocket.create_connection(URL.replace("http", "ws") + "/ui", timeout=10)
    try:
        yield ui
    finally:
        ui.close()


def _modal(title):
    """The modal on top, if it has this title."""
    with _browser() as ui:
        stack = json.loads(ui.recv())["state"]["modalStack"]
    return stack[-1] if stack and title in stack[-1]["title"]["text"] else None


def _filled(block, change, pick):
    element = block["element"]
    if element["type"] == "plain_text_input":
        text = next((text for start, text in change.items() if block["block_id"].startswith(start)), None)
        return {"type": element["type"], "value": element.get("initial_value", "") if text is None else text}
    option = next((one for one in element["options"] if one["value"] == pick), element.get("initial_option"))
    return {"type": element["type"], "selected_option": option}


def _with(channel, ts, words):
    messages = call(f"/_control/messages/{channel}")["messages"]
    return next((one for one in messages if ts in ("", one["ts"]) and words in json.dumps(one)), None)


def _download(url):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {_ENVIRONMENT['SLACK_BOT_TOKEN']}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode("utf-8", "replace")


def call(path, body=None, *, files=None):
    """A control call; a multipart one when there are files."""
    kind = "application/json"
    data = None if body is None else json.dumps(body).encode()
    if files is not None:
        mark = uuid.uuid4().hex
        kind, data = f"multipart/form-data; boundary={mark}", _multipart(mark, body, files)
    request = urllib.request.Request(URL + path, data=data, headers={"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def _multipart(mark, body, files):
    head = '--{}\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [head.format(mark, key, "").encode() + f"{value}\r\n".encode() for key, value in body.items()]
    for name, content in files:
        more = f'; filename="{name}"\r\nContent-Type: text/csv'
        parts.append(head.format(mark, "file", more).encode() + content.encode() + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode()


def _opened():
    return sum("apps.connections.open" in json.dumps(one) for one in call("/_control/log")["log"])


def _of_bot(channel, thread):
    messages = call(f"/_control/messages/{channel}")["messages"]
    return [one for one in messages if one.get("bot_id") and one.get("thread_ts", "") == thread]


def _enough(channel, thread, blocks, files):
    mine = _of_bot(channel, thread)
    laid = sum(bool(one.get("blocks")) for one in mine)
    return mine if laid >= blocks and sum(len(one.get("files", ())) for one in mine) >= files else None


def until(look, seconds):
    """What `look` gives once it gives something; None when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.05)
    return None


_tried = threading.Event()


def _drive(steps, folder):
    os.environ.update(_ENVIRONMENT)
    server, stop = Server(folder), threading.Event()
    bot = threading.Thread(target=_serve, args=(folder, stop), daemon=True)
    scenario = Scenario(server)
    away = steps and steps[0][1] == "away-at-start"
    if not away:
        server.start()
    bot.start()
    try:
        if away:
            _tried.wait(60)  # the bot has knocked in vain, however long it took to start
            time.sleep(steps.pop(0)[2]["seconds"])
            server.start()
        for step in steps:
            scenario.play(*step)
        stop.set()
        bot.join(20)
    finally:
        server.stop()
    sys.stdout.write("\n" + json.dumps(scenario.gave | {"stopped": not bot.is_alive()}) + "\n")


def _serve(folder, stop):
    from bot import assembly  # noqa: PLC0415 - the tests that only look for the program import nothing of the bot
    from bot.channels.slack import app  # noqa: PLC0415 - as above
    from bot.logs import set_up  # noqa: PLC0415 - as above
    from bot.settings import Bot, Settings, Slack  # noqa: PLC0415 - as above

    class Line(app.SocketModeHandler):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            _lines.append(self)

    connected = app._connected

    def knocked(*given):
        try:
            connected(*given)
        finally:
            _tried.set()

    app._connected = knocked
    app.SocketModeHandler = Line
    app._PING, app._DEAF, app._AWAY_PAUSE = 0.5, 3.0, 0.5  # a test has no minute
    set_up("info")
    database = Bot(database_url=f"sqlite:///{folder}/capebot.db", poll_interval=0.05)
    settings = Settings(bot=database, slack=(Slack(people="C02HELP"),))
    with assembly.opened(settings) as store:
        assembly.service(settings, store).run(stop)


if __name__ == "__main__":
    _drive(json.loads(sys.argv[1]), Path(sys.argv[2]))
