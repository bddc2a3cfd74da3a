import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_sdk.errors import SlackApiError

from bot.channels.slack import files

PAGE = b"<!DOCTYPE html><html><head><title>Sign in to Slack</title></head></html>"


class Host(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        status, kind, body = self.server.answers.get(self.path, (404, "text/plain", b""))
        if isinstance(status, list):  # used up, try by try
            status = status.pop(0) if len(status) > 1 else status[0]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 302:
            self.send_header("Location", "http://elsewhere.example/steal")
        if self.path == "/short":
            self.send_header("Content-Length", str(len(body) + 10))
        self.end_headers()
        if self.path == "/slow":
            time.sleep(1)
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.seen = []
    server.answers = {
        "/good": (200, "text/csv", b"Entry Number\n"),
        "/empty": (200, "text/csv", b""),
        "/login": (200, "text/html; charset=utf-8", PAGE),
        "/moved": (302, "text/plain", b""),
        "/forbidden": (403, "text/plain", b""),
        "/broken": (500, "text/plain", b""),
        "/mended": ([500, 200], "text/csv", b"Entry Number\n"),
        "/short": (200, "text/csv", b"Entry Number\n"),
        "/slow": (200, "text/csv", b"Entry Number\n"),
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def get(host, monkeypatch):
    monkeypatch.setattr(files, "_PAUSES", (0.0, 0.0))

    def fetch(path, hosts=("127.0.0.1",), look_up=None, **more):
        file = {"id": "F1", "name": "a.csv", "mimetype": "text/csv", "size": 10,
                "url_private_download": f"http://127.0.0.1:{host.server_port}{path}", **more}  # fmt: skip
        return files.attachment(file, "xoxb-secret", hosts, look_up or (lambda _: {}))

    return fetch


def test_a_file_comes_with_the_token(get, host):
    got = get("/good")
    assert (got.name, got.content, got.media_type, got.problem) == ("a.csv", b"Entry Number\n", "text/csv", "")
    assert host.seen == [("/good", "Bearer xoxb-secret")]


def test_an_empty_file_is_a_file(get):
    got = get("/empty", size=0)
    assert (got.content, got.problem) == (b"", "")


@pytest.mark.parametrize("path", ["/login", "/moved", "/forbidden"])
def test_without_the_permission_it_says_what_to_do(get, path):
    got = get(path)
    assert got.content == b""
    assert "files:read" in got.problem


def test_a_web_page_that_was_uploaded_is_a_file_and_a_log_in_page_in_its_place_is_none(get):
    assert get("/login", mimetype="text/html", size=len(PAGE)).content == PAGE
    assert "files:read" in get("/login", mimetype="text/html", size=5).problem


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("http://127.0.0.1:9/x", ("files.slack.com",)),
        ("http://files.slack.com/x", ("files.slack.com",)),  # in the open
        ("https://files.slack.com.evil.example/x", ("files.slack.com",)),
        ("https://files.slack.com@evil.example/x", ("files.slack.com",)),
        ("https://files.slack.com\\@evil.example/x", ("files.slack.com",)),
        ("file://127.0.0.1/etc/hostname", ("127.0.0.1",)),
        ("ftp://127.0.0.1/x", ("127.0.0.1",)),
        ("https://[::1", ("::1",)),
        ("javascript:x", ("",)),
    ],
)
def test_the_token_goes_nowhere_else(get, host, url, hosts):
    assert "does not lie at Slack" in get("", hosts=hosts, url_private_download=url).problem
    assert host.seen == []


def test_too_big_is_not_fetched_and_more_than_was_said_is_not_read(get, host, monkeypatch):
    assert "Split it" in get("/good", size=300_000_000).problem
    assert host.seen == []
    monkeypatch.setattr(files, "MAX_FILE", 5)
    assert "Split it" in get("/good", size=1).problem
    assert "Split it" in get("/short", size=1).problem


@pytest.mark.parametrize("change", [{"mode": "tombstone"}, {"mode": "hidden_by_limit"}, {"url_private_download": ""}])
def test_what_is_gone_is_said(get, change):
    assert "Upload it again" in get("/good", **change).problem


def test_what_is_not_found_is_gone(get):
    assert "Upload it again" in get("/nothing").problem


@pytest.mark.parametrize("path", ["/broken", "/short", "/slow"])
def test_trouble_is_tried_three_times_and_then_said(get, host, monkeypatch, path):
    monkeypatch.setattr(files, "_SILENCE", 0.1)
    got = get(path)
    assert got.content == b""
    assert "again in a few minutes" in got.problem
    assert len(host.seen) == 3


def test_passing_trouble_is_no_trouble(get):
    assert get("/mended").content == b"Entry Number\n"


def test_a_server_that_is_away_is_said(get):
    assert "could not hand the file over" in get("", url_private_download="http://127.0.0.1:1/x").problem


def test_a_stub_is_looked_up(get, host):
    def look_up(id_):
        assert id_ == "F1"
        return {"name": "b.csv", "url_private": f"http://127.0.0.1:{host.server_port}/good", "size": 1}

    got = get("/x", look_up=look_up, file_access="check_file_info")
    assert (got.name, got.content) == ("b.csv", b"Entry Number\n")


@pytest.mark.parametrize(
    ("code", "says"),
    [("missing_scope", "files:read"), ("file_not_found", "Upload it again"), ("file_deleted", "again")],
)
def test_a_stub_that_may_not_be_looked_up(get, code, says):
    def look_up(_):
        raise SlackApiError("no", {"ok": False, "error": code})

    assert says in get("/x", look_up=look_up, file_access="check_file_info").problem


def test_slack_away_while_looking_up_is_raised(get):
    def look_up(_):
        raise SlackApiError("no", {"ok": False, "error": "internal_error"})

    with pytest.raises(SlackApiError):
        get("/x", look_up=look_up, file_access="check_file_info")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\a.csv", "a.csv"),
        ("a\r\nb\0.csv", "ab.csv"),
        ("", "file"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_only_a_name(get, name, shown):
    assert get("/good", name=name).name == shown
