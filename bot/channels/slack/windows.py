"""Modals: opened within Slack's three seconds from what the store holds, and answered while their sender waits.

Nothing is worked here. A modal that does not open leaves nothing behind; a complete form is stored like a message.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels.slack import actions, client, forms, send
from bot.channels.slack.pressing import OUTSIDE
from bot.channels.slack.traces import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.slack.reading import Reader
    from bot.channels.trail import Answer, Trail
    from bot.settings import Slack

_AT_ONCE = 4  # modals opened at a time: each takes one or two calls of a fraction of a second
_TOO_LATE = "Slack wants a form within three seconds, and I was too slow. Please press the button again."
_NOT_OPENED = "I could not open the form. The draft is in the file under my answer; or ask me again in the thread."
_EXPIRED = ("expired_trigger_id", "trigger_expired", "invalid_trigger_id", "exchanged_trigger_id")
_log = structlog.get_logger()


class Windows:
    """Opens and checks for one workspace."""

    def __init__(self, settings: Slack, trail: Trail, reader: Reader) -> None:
        self._settings = settings
        self._trail = trail
        self._reader = reader
        self._calls = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="slack-window")

    def open(self, team: str, body: actions.Payload) -> None:
        """Open the draft of the answer that was pressed; returns at once."""
        self._calls.submit(self._open, team, body).add_done_callback(_seen)

    def working(self, body: actions.Payload, line: str) -> None:
        """Tell whoever used the shortcut that it is worked; returns at once."""
        if url := body.get("response_url"):
            self._calls.submit(_whisper, str(url), line).add_done_callback(_seen)

    def not_kept(self, team: str, body: actions.Payload) -> None:
        """Tell a presser that the press could not be stored; returns at once."""
        said = json.loads(actions.press_payload(team, body))
        self._calls.submit(self._aside, said, forms.NOT_KEPT).add_done_callback(_seen)

    def submitted(self, team: str, body: actions.Payload, take: Callable[[str, bytes], bool]) -> dict[str, Any]:
        """Check a submitted modal and store what is complete; give what Slack is to be answered."""
        view, user = body["view"], str(body["user"]["id"])
        given = forms.filled(view)
        if view.get("callback_id") == actions.CHOICE:
            number = int(given.choice) if given.choice.isdigit() else 0
            answer = self._answer(str(view.get("private_metadata") or ""), number)
            shown = forms.notice(forms.GONE) if answer is None else forms.form(answer, number)
            return {"response_action": "update", "view": shown}
        answer = self._answer(given.reference, given.number)
        newer = forms.newest(answer, given.number, self._trail.newer(answer)) if answer else None
        refused = forms.verdict(given, answer, newer)
        if refused is not None:
            return refused
        subject, text = given.text.subject, given.text.body
        identity = actions.form_id(team, user, given.name, subject, text)
        if not take(identity, actions.form_payload(team, body, given.name, subject, text)):
            return {"response_action": "errors", "errors": {f"subject:{given.name}": forms.NOT_KEPT}}
        return {"response_action": "clear"}

    def _answer(self, reference: str, number: int) -> Answer | None:
        """The answer, if it has such a draft."""
        answer = self._trail.answer(self._settings.name, reference)
        return answer if answer and number < len(answer.reply.diagnosis.drafts) else None

    def _open(self, team: str, body: actions.Payload) -> None:
        said = json.loads(actions.press_payload(team, body))
        answer = self._answer(said["reference"], 0)
        if answer is None:
            return self._aside(said, forms.GONE)
        home = json.loads(answer.incoming.handle)["channel"]
        try:
            if said["channel"] != home or self._reader.outside(said, home):
                return self._aside(said, OUTSIDE)
            web = client.courteous(self._settings)
            web.views_open(trigger_id=str(body.get("trigger_id") or ""), view=forms.opening(answer))
        except client.TROUBLE as error:
            _log.warning("a form could not be opened", code=client.code(error))
            self._aside(said, _TOO_LATE if client.code(error) in _EXPIRED else _NOT_OPENED)
        return None

    def _aside(self, said: dict[str, Any], line: str) -> None:
        place = Place(said["channel"], said["thread_ts"], "")
        send.aside(client.courteous(self._settings), place, said["user"], line)


def _whisper(url: str, line: str) -> None:
    send.close(url, line)


def _seen(call: Future[None]) -> None:
    """Nobody waits for these calls, so what they raise is told here."""
    if error := call.exception():
        _log.warning("a form or a line could not be shown", error=type(error).__name__)
