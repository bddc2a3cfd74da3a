import pytest
from servers.slack_api import SlackApi


@pytest.fixture
def api(monkeypatch):
    """A strict Web API on loopback, and the environment that leads to it."""
    with SlackApi() as server:
        monkeypatch.setenv("SLACK_API_URL", server.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
        monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-test")
        yield server
