"""A small Web API on loopback that is as strict as Slack, and that can be told what goes wrong.

`faults[method]` is a list, used up call by call: ("refuse", code), ("status", 502), ("rate", seconds), ("lose",):
done, but the line breaks before the answer, or ("drop",): the line breaks and nothing is done.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from servers.slack_limits import complaints, view_complaints

PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>"


class SlackApi:
    """The server. `calls` are (method, arguments) in order; `messages` what stands in the one channel."""

    def __init__(self):
        self.calls = []
        self.messages = []
        self.faults = {}
        self.users = {}
        self.scopes = ""
        self.uploads = {}
        self.contents = {}
        self.user_id = "U0BOT"
        self.members = {}
        self.inside = {}
        self.views = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def root(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self):
        return f"{self.root}/api/"

    def methods(self):
        return [method for method, _ in self.calls]

    def _stamp(self):
        return f"1800000000.{len(self.messages):06}"

    def do(self, method, given):
        """What the method does, and its answer."""
        act = getattr(self, method.replace(".", "_"), None)
        return act(given) if act else {"ok": False, "error": "unknown_method"}

    def auth_test(self, _):
        bot = {"bot_id": "B0BOT"} if self.user_id == "U0BOT" else {}
        return {"ok": True, "user_id": self.user_id, "team_id": "T1", "user": "capebot", **bot}

    def users_info(self, given):
        user = self.users.get(given["user"], {"id": given["user"]})
        return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}

    def files_list(self, _):
        return {"ok": True, "files": []}

    def apps_connections_open(self, _):
        return {"ok": True, "url": "ws://127.0.0.1:1/"}

    def chat_postMessage(self, given):  # noqa: N802 - Slack's name
        blocks = given.get("blocks")
        if blocks is not None and complaints(blocks):
            return {"ok": False, "error": "invalid_blocks"}
        if not given.get("text"):
            return {"ok": False, "error": "no_text"}
        message = {
            "ts": self._stamp(),
            "bot_id": "B0BOT",
            "user": "U0BOT",
            "text": given["text"],
            "blocks": blocks or [],
        }
        if "metadata" in given:
            message["metadata"] = given["metadata"]
        self.messages.append(message | ({"thread_ts": given["thread_ts"]} if "thread_ts" in given else {}))
        return {"ok": True, "ts": message["ts"]}

    def chat_update(self, given):
        if complaints(given["blocks"]):
            return {"ok": False, "error": "invalid_blocks"}
        for message in self.messages:
            if message["ts"] == given["ts"]:
                message |= {"text": given["text"], "blocks": given["blocks"]}
                return {"ok": True, "ts": given["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def chat_postEphemeral(self, given):  # noqa: N802 - Slack's name
        if complaints(given["blocks"]) or not given.get("text"):
            return {"ok": False, "error": "invalid_blocks"}
        return {"ok": True, "message_ts": "1.1"}

    def chat_getPermalink(self, given):  # noqa: N802 - Slack's name
        return {"ok": True, "permalink": f"https://brokerage.example/archives/{given['channel']}/p1"}

    def views_open(self, given):
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        if not given.get("trigger_id"):
            return {"ok": False, "error": "invalid_trigger_id"}
        if view_complaints(view):
            return {"ok": False, "error": "invalid_arguments"}
        self.views.append(view)
        return {"ok": True, "view": view}

    def conversations_members(self, given):
        members = self.members.get(given["channel"], ["U1", "U2", "U3"])
        start = int(given.get("cursor") or 0)
        more = str(start + 2) if start + 2 < len(members) else ""
        return {"ok": True, "members": members[start : start + 2], "response_metadata": {"next_cursor": more}}

    def conversations_info(self, given):
        if given["channel"] not in self.inside:
            return {"ok": False, "error": "channel_not_found"}
        return {"ok": True, "channel": {"id": given["channel"], "is_member": self.inside[given["channel"]]}}

    def conversations_replies(self, given):
        return {
            "ok": True,
            "messages": [one for one in self.messages if given["ts"] in (one["ts"], one.get("thread_ts"))],
        }

    def conversations_history(self, _):
        return {"ok": True, "messages": [one for one in reversed(self.messages) if "thread_ts" not in one]}

    def conversations_open(self, _):
        return {"ok": True, "channel": {"id": "D1"}}

    def reactions_add(self, _):
        return {"ok": True}

    def reactions_remove(self, _):
        return {"ok": True}

    def files_getUploadURLExternal(self, given):  # noqa: N802 - Slack's name
        number = f"F{len(self.uploads)}"
        self.uploads[number] = {"id": number, "name": given["filename"]}
        return {"ok": True, "file_id": number, "upload_url": f"{self.root}/upload/{number}"}

    def files_completeUploadExternal(self, given):  # noqa: N802 - Slack's name
        files = [self.uploads[one["id"]] for one in json.loads(given["files"])]
        thread = {"thread_ts": given["thread_ts"]} if "thread_ts" in given else {}
        self.messages.append(
            {"ts": self._stamp(), "bot_id": "B0BOT", "user": "U0BOT", "text": "", "files": files, **thread}
        )
        return {"ok": True, "files": files}


def _arguments(headers, body):
    if headers.get_content_type() == "application/json":
        return json.loads(body)
    return dict(parse_qsl(body.decode()))


def _handler(api):  # noqa: C901 - one branch a kind of fault
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/upload/"):
                api.contents[self.path.rpartition("/")[2]] = body
                return self._say(200, "text/plain", b"OK")
            if self.path.startswith("/hook"):
                method, given = "hook", json.loads(body)
            else:
                method, given = self.path.rpartition("/")[2].partition("?")[0], _arguments(self.headers, body)
            api.calls.append((method, given))
            return self._answer(method, given)

        def _answer(self, method, given):
            kind, *how = api.faults.get(method, []).pop(0) if api.faults.get(method) else ("fine",)
            if kind == "drop":
                return self.connection.close()
            if kind == "status":
                return self._say(how[0], "text/html", PAGE.encode())
            if kind == "rate":
                return self._say(
                    429, "application/json", b'{"ok":false,"error":"ratelimited"}', ("Retry-After", str(how[0]))
                )
            if method == "hook":
                return self._say(
                    *((how[0], "text/plain", how[1].encode()) if kind == "hook" else (200, "text/plain", b"ok"))
                )
            said = {"ok": False, "error": how[0]} if kind == "refuse" else api.do(method, given)
            if kind == "lose":
                return self.connection.close()
            return self._say(200, "application/json", json.dumps(said).encode(), ("X-OAuth-Scopes", api.scopes))

        def _say(self, status, kind, body, *headers):
            self.send_response(status)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler
