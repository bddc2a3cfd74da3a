"""One TOML file, secrets from the environment, into frozen settings. An unknown key is refused as `path:line`."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.core.entry_number import is_filer_code
from bot.core.problems import Mendable
from bot.toml_lines import line_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


_KEYWORD = r"\A[A-Za-z0-9$_.-]{1,100}\z"  # an IMAP atom; what else a server takes differs
_CHANNEL = r"(?:[CG][A-Z0-9]{1,30})?"
_IN_WORDS = {
    "extra_forbidden": "unknown setting: see deploy/config.example.toml",
    "string_pattern_mismatch": "letters, digits and $ _ . - only",
}


class SettingsError(Mendable):
    """The settings cannot be used. The text holds one `path:line: what` per problem."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class OAuth(_Frozen):
    """Sign-in without a password. Secrets and tokens never stand in the settings file."""

    provider: Literal["microsoft", "google"]
    client_id: str
    tenant: str = "organizations"  # Microsoft only
    flow: Literal["device", "app"] = "device"  # device: `capebot login`; app: client secret or service account
    secret_env: str = "CAPEBOT_OAUTH_SECRET"  # noqa: S105 - a variable's name; app: client secret; Google: path of the service-account or client file
    token_cache: Path = Path("~/.local/state/capebot/tokens.json")
    token_url: str = ""  # for tests against another authority; empty: the provider's own


class Smtp(_Frozen):
    """Where replies go out."""

    host: str
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""  # empty: the mailbox's user
    auth: Literal["as-imap", "none"] = "as-imap"
    ca_file: Path | None = None
    timeout_seconds: float = Field(default=30, gt=0)


class Mailbox(_Frozen):
    """An inbox that brokers forward rejections to."""

    name: str = "inbox"
    address: str  # what the bot answers from; mail from it is never answered
    aliases: tuple[str, ...] = ()
    host: str
    port: int = Field(default=993, ge=1, le=65_535)
    tls: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    user: str = ""  # empty: the address
    auth: Literal["password", "oauth"] = "password"
    password_env: str = "CAPEBOT_MAIL_PASSWORD"  # noqa: S105 - the name of a variable, not a secret
    oauth: OAuth | None = None
    folder: str = "INBOX"
    sent_folder: str = ""  # empty: the folder the server marks \\Sent; looked at only after a crash
    drafts: bool | str = False  # True: into the folder the server marks \\Drafts; or a folder's name
    done: Literal["flag", "move"] = "flag"
    done_keyword: str = Field(default="CapebotTaken", pattern=_KEYWORD)
    done_folder: str = "Capebot"
    poll_seconds: float = Field(default=60, gt=0)
    allow: tuple[str, ...] = ()  # addresses or domains ("@example.com") that are answered; none: nobody
    staff: tuple[str, ...] = ()  # who may add to everybody's case, as in allow; needs authserv_id
    authserv_id: str = ""  # the server whose Authentication-Results are believed; empty: not checked
    smtp: Smtp

    @model_validator(mode="after")
    def _oauth_block(self) -> Mailbox:
        if self.auth == "oauth" and self.oauth is None:
            raise ValueError('auth = "oauth" needs an [mail.oauth] block')
        return self

    @model_validator(mode="after")
    def _staff_is_checked(self) -> Mailbox:
        if self.staff and not self.authserv_id:
            raise ValueError("staff needs authserv_id: without it anybody can write under such an address")
        return self


class Slack(_Frozen):
    """A Slack workspace over Socket Mode."""

    name: str = "slack"
    bot_token_env: str = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable
    app_token_env: str = "SLACK_APP_TOKEN"  # noqa: S105 - the name of a variable
    api_url_env: str = "SLACK_API_URL"
    file_hosts: tuple[str, ...] = ("files.slack.com",)
    people: str = ""  # a channel's id: who is asked; empty: nobody can be

    @field_validator("people")
    @classmethod
    def _people(cls, channel: str) -> str:
        if not re.fullmatch(_CHANNEL, channel):
            raise ValueError(
                "the id of a channel, such as C0123ABCD (at the end of its address in Slack), not its name"
            )
        return channel


class Folder(_Frozen):
    """A Maildir in, a Maildir out: no server, no account."""

    name: str = "folder"
    inbox: Path
    outbox: Path
    address: str = "capebot@example.com"
    allow: tuple[str, ...] = ("@example.com",)
    poll_seconds: float = Field(default=1.0, gt=0)
    stop_when_empty: bool = False  # for the demo: listen() returns when the inbox has nothing new


class Bot(_Frozen):
    """The bot itself."""

    database_url: str = "sqlite:///capebot.db"  # or the variable CAPEBOT_DATABASE_URL, which wins
    knowledge: Path | None = None  # None: what is shipped
    templates: Path | None = None
    filer_codes: tuple[str, ...] = ()
    concurrency: int = Field(default=8, ge=1, le=64)
    poll_interval: float = Field(default=0.2, gt=0)  # seconds between looks at the queue
    worker_stale_seconds: float = Field(default=30, gt=0)
    keep_raw_days: float = Field(default=90, gt=0)  # mail and files as they came, after they were worked
    keep_replies_days: float = Field(default=90, gt=0)
    keep_cases_days: float = Field(default=730, gt=0)  # the lines of `capebot cases`
    keep_held_days: float = Field(default=365, gt=0)  # what waits for a person, and nobody comes
    keep_marks_days: float = Field(default=730, gt=0)  # by which mail that comes a second time is known
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("filer_codes")
    @classmethod
    def _filer_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if bad := [code for code in codes if not is_filer_code(code)]:
            raise ValueError(f"a filer code is three letters or digits, not {', '.join(map(repr, bad))}")
        return codes

    @model_validator(mode="after")
    def _lives(self) -> Bot:
        """A line outlives what it tells of; mail that is not known any more would be answered again."""
        if self.keep_cases_days < max(self.keep_raw_days, self.keep_replies_days):
            raise ValueError("keep_cases_days must not be less than keep_raw_days and keep_replies_days")
        if self.keep_held_days < self.keep_raw_days:
            raise ValueError("keep_held_days must not be less than keep_raw_days")
        if self.keep_marks_days < self.keep_cases_days:
            raise ValueError("keep_marks_days must not be less than keep_cases_days")
        return self


class Settings(_Frozen):
    """All settings."""

    bot: Bot = Bot()
    mail: tuple[Mailbox, ...] = ()
    slack: tuple[Slack, ...] = ()
    folder: tuple[Folder, ...] = ()

    @model_validator(mode="after")
    def _unique_names(self) -> Settings:
        names = [box.name for box in self.mail]
        names += [team.name for team in self.slack]
        names += [folder.name for folder in self.folder]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise ValueError(f"two channels have the name {', '.join(double)}: give each a name of its own")
        return self


def load(path: Path) -> Settings:
    """Read settings from a TOML file; CAPEBOT_DATABASE_URL wins over the file. Raises SettingsError, all problems."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}:1: cannot be read ({error}): give a file with --config") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}:{line_of_error(error)}: not valid TOML: {error}") from error
    url = os.environ.get("CAPEBOT_DATABASE_URL")
    if url and isinstance(data.setdefault("bot", {}), dict):
        data["bot"]["database_url"] = url
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        lines = [
            f"{path}:{line_of(text, problem['loc'])}: {'.'.join(map(str, problem['loc']))}: {_plain(problem)}"
            for problem in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from error


def line_of_error(error: tomllib.TOMLDecodeError) -> int:
    """The line that a TOML syntax error names in its text; 1 when it names none."""
    words = str(error).replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else 1


def _plain(problem: ErrorDetails) -> str:
    return _IN_WORDS.get(problem["type"], problem["msg"])
