import json
import os
import socket
import stat
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from channels.mail.conftest import USER, Marks, Taken
from channels.mail.test_imap import mail, watched
from channels.mail.test_smtp import INCOMING, REPLY

from bot.channels.mail import MailChannel, connect, doctor, oauth
from bot.channels.mail.login import login


@pytest.fixture
def signed(box, smtp, authority, tmp_path, monkeypatch):
    """Settings of a mailbox that signs in by OAuth, in the given way."""
    smtp.handler.tokens = authority.issued

    def make(provider, flow="device"):
        if "CAPEBOT_OAUTH_SECRET" not in os.environ:
            monkeypatch.setenv("CAPEBOT_OAUTH_SECRET", "the-secret")
        return box(
            address=USER,
            auth="oauth",
            oauth={
                "provider": provider, "client_id": "client", "tenant": "tenant", "flow": flow,
                "token_cache": tmp_path / "state" / "tokens.json",
                "token_url": authority.url + ("" if provider == "microsoft" else "/token"),
            },
            smtp={"host": "127.0.0.1", "port": smtp.port, "timeout_seconds": 5},
        )  # fmt: skip

    return make


def test_microsoft_by_device_code_then_both_servers(signed, authority, smtp, mailbox, listening):
    settings, told, take, marks = signed("microsoft"), [], Taken(), Marks()
    with pytest.raises(connect.oauth.SignInNeeded, match="capebot login"):
        connect.imap(settings)
    login(settings, told.append)
    assert "ABC-DEF" in told[0]
    cache = settings.oauth.token_cache
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    channel = listening(settings, take, marks)
    watched(marks)
    mailbox(USER).append("INBOX", mail("oauth"))
    assert take.wait(1) == [mail("oauth")]
    channel.send(INCOMING, REPLY, "ref-1")
    assert len(smtp.handler.mails) == 1


def test_a_short_token_is_refreshed_and_a_dead_one_raises_the_alarm(signed, authority):
    settings = signed("microsoft")
    authority.seconds = 30  # below msal's margin: refreshed each time
    login(settings, lambda _: None)
    assert oauth.access_token(settings) in authority.issued
    assert "refresh_token" in authority.asked
    authority.revoked = True
    with pytest.raises(oauth.SignInNeeded, match="capebot login"):
        oauth.access_token(settings)


def test_microsoft_app_only(signed, authority, monkeypatch):
    settings = signed("microsoft", "app")
    connect.imap(settings).shutdown()
    connect.smtp(settings).close()
    monkeypatch.setenv("CAPEBOT_OAUTH_SECRET", "wrong")
    with pytest.raises(oauth.SignInNeeded, match="invalid_client"):
        oauth.access_token(settings)
    monkeypatch.delenv("CAPEBOT_OAUTH_SECRET")
    with pytest.raises(oauth.SignInNeeded, match="CAPEBOT_OAUTH_SECRET is empty"):
        oauth.access_token(settings)


def test_gmail_with_a_refresh_token(signed, authority):
    settings = signed("google")
    with pytest.raises(oauth.SignInNeeded, match="not signed in"):
        oauth.access_token(settings)
    with oauth.kept(settings) as mine:
        mine["google"], mine["google_secret"] = "refresh", "client-secret"
    connect.imap(settings).shutdown()
    connect.smtp(settings).close()
    authority.revoked = True
    with pytest.raises(oauth.SignInNeeded, match="Google gives no token"):
        oauth.access_token(settings)


def test_gmails_sign_in_comes_back_to_this_machine(signed, authority, tmp_path, monkeypatch):
    file = tmp_path / "client.json"
    file.write_text(json.dumps({"installed": {"client_secret": "client-secret"}}))
    settings = signed("google")
    monkeypatch.setenv("CAPEBOT_OAUTH_SECRET", str(file))

    def browser(text):
        if "http" in text:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(text.split()[-1]).query)
            back = f"{query['redirect_uri'][0]}?code=c&state={query['state'][0]}"
            threading.Timer(0.2, lambda: urllib.request.urlopen(back, timeout=5).read()).start()

    login(settings, browser)
    assert oauth.access_token(settings) in authority.issued


@pytest.fixture
def google_client(tmp_path, monkeypatch):
    file = tmp_path / "client.json"
    file.write_text(json.dumps({"installed": {"client_secret": "client-secret"}}))
    monkeypatch.setenv("CAPEBOT_OAUTH_SECRET", str(file))


def back(text, **changes):
    """Where Google's page sends the browser, and with which query."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(text.split()[-1]).query)
    return query["redirect_uri"][0], urllib.parse.urlencode({"code": "c", "state": query["state"][0]} | changes)


def test_stray_requests_do_not_stand_in_the_way_of_gmails_sign_in(signed, authority, google_client):
    settings, statuses = signed("google"), []

    def get(url):
        try:
            statuses.append(urllib.request.urlopen(url, timeout=5).status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)

    def visit(page, query, wrong):
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(page).port)):  # as browsers do beforehand
            for url in (f"{page}favicon.ico", page, f"{page}?{wrong}", f"{page}?{query}"):
                get(url)

    def browser(text):
        if "http" in text:
            (page, query), (_, wrong) = back(text), back(text, state="another")
            threading.Thread(target=visit, args=(page, query, wrong)).start()

    login(settings, browser)
    assert statuses == [404, 404, 404, 200]
    assert oauth.access_token(settings) in authority.issued


def test_a_person_who_says_no_on_googles_page(signed, google_client):
    def browser(text):
        page, query = back(text, error="access_denied")
        url = f"{page}?{query.replace('code=c&', '')}"
        threading.Thread(target=lambda: urllib.request.urlopen(url, timeout=5).read()).start()

    with pytest.raises(oauth.SignInNeeded, match="access_denied"):
        login(signed("google"), browser)


def test_a_sign_in_that_takes_its_time_does_not_hold_up_the_bot(signed, authority):
    settings = signed("microsoft")
    login(settings, lambda _: None)
    authority.pending = True
    shown = threading.Event()
    other = settings.model_copy(update={"address": "other@brokerage.example"})
    slow = threading.Thread(target=login, args=(other, lambda _: shown.set()))
    slow.start()
    assert shown.wait(10)
    began = time.monotonic()
    assert oauth.access_token(settings) in authority.issued
    assert time.monotonic() - began < 2
    authority.pending = False
    slow.join(20)
    assert oauth.access_token(other) in authority.issued
    assert oauth.access_token(settings) in authority.issued


def test_a_token_file_that_stays_locked_is_said(signed, monkeypatch):
    settings = signed("microsoft")
    monkeypatch.setattr(oauth, "_LOCKED", 0.2)
    with (
        oauth.kept(settings),
        pytest.raises(oauth.SignInNeeded, match="held by another process"),
        oauth.kept(settings),
    ):
        pass


@pytest.mark.parametrize("flow", ["device", "app"])
def test_a_tenant_that_nobody_knows(flow, signed, authority):
    authority.no_tenant = True
    settings = signed("microsoft", flow)
    with pytest.raises(oauth.SignInNeeded, match="correct `tenant`"):
        login(settings, lambda _: None)
    mends = [one.mend for one in doctor.check(settings) if not one.ok]
    assert len(mends) == 2
    assert all("correct `tenant`" in mend or "capebot login" in mend for mend in mends)


@pytest.mark.parametrize(("provider", "flow"), [("microsoft", "device"), ("microsoft", "app"), ("google", "device")])
def test_a_token_server_that_is_away_is_no_lost_sign_in(provider, flow, signed, google_client):
    settings = signed(provider, flow)
    away = settings.oauth.model_copy(update={"token_url": "http://127.0.0.1:9/"})
    settings = settings.model_copy(update={"oauth": away})
    with oauth.kept(settings) as mine:
        mine["google"], mine["google_secret"] = "refresh", "client-secret"
    if provider == "google":
        with pytest.raises(oauth.SignInNeeded, match="cannot be reached: check the network"):
            oauth.access_token(settings)

    def browser(text):
        if "http" in text:
            url = "?".join(back(text))
            threading.Thread(target=lambda: urllib.request.urlopen(url, timeout=5).read()).start()

    with pytest.raises(oauth.SignInNeeded, match="cannot be reached"):
        login(settings, browser)


def test_files_that_are_not_what_they_should_be(signed, tmp_path, monkeypatch):
    key = tmp_path / "key.json"
    monkeypatch.setenv("CAPEBOT_OAUTH_SECRET", str(key))
    for content in ('{"type": "x"}', "[]", "3", '{"installed": 3}'):
        for flow in ("app", "device"):
            settings = signed("google", flow)
            key.write_text(content)
            with pytest.raises(oauth.SignInNeeded, match="Google's console"):
                login(settings, lambda _: None)
    nowhere = settings.oauth.model_copy(update={"token_cache": Path("/proc/nope/tokens.json")})
    with pytest.raises(oauth.SignInNeeded, match="correct token_cache"):
        login(settings.model_copy(update={"oauth": nowhere}), lambda _: None)


def test_a_refused_token_is_said(signed, authority):
    settings = signed("microsoft", "app")
    authority.user = "somebody@else.example"
    with pytest.raises(connect.Refused, match="refused the token"):
        connect.imap(settings)


@pytest.mark.parametrize(
    ("changes", "password", "said"),
    [
        ({"host": "imap..brokerage.example"}, "pw", "imap..brokerage.example is no host name"),
        ({"smtp": {"host": "smtp..brokerage.example"}}, "pw", "smtp..brokerage.example is no host name"),
        ({}, "pässwort", "letters outside ASCII"),
        ({"folder": "INBX"}, "pw", "correct `folder`"),
    ],
)
def test_the_doctor_names_the_cause(changes, password, said, box, monkeypatch):
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", password)
    assert any(said in one.mend for one in doctor.check(box(**changes)) if not one.ok)


def test_the_doctor(signed, box, smtp, monkeypatch):
    good = box(smtp={"host": "127.0.0.1", "port": smtp.port})
    assert [one.what for one in doctor.check(good) if not one.ok] == []
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "wrong")
    bad = {one.what.split(": ")[1]: one.mend for one in doctor.check(good) if not one.ok}
    assert set(bad) == {"IMAP sign-in", f"SMTP sign-in at 127.0.0.1:{smtp.port}"}
    assert all("CAPEBOT_MAIL_PASSWORD" in mend for mend in bad.values())
    monkeypatch.setenv("CAPEBOT_MAIL_PASSWORD", "pw")
    odd = box(folder="Nowhere", allow=(), smtp={"host": "127.0.0.1", "port": 1})
    assert len([one for one in doctor.check(odd) if not one.ok]) == 3


def test_the_cache_is_not_lost_by_another_mailbox(signed):
    settings = signed("google")
    other = settings.model_copy(update={"address": "other@brokerage.example"})
    for one in (settings, other):
        with oauth.kept(one) as mine:
            mine["google"] = one.address
    with oauth.kept(settings) as mine:
        assert mine == {"google": USER}
    MailChannel(settings, Marks())
