import json
import stat
import threading
import urllib.parse
import urllib.request

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


def test_a_refused_token_is_said(signed, authority):
    settings = signed("microsoft", "app")
    authority.user = "somebody@else.example"
    with pytest.raises(connect.Refused, match="refused the token"):
        connect.imap(settings)


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
