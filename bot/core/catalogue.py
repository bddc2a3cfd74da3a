"""What the bot knows, as frozen values: known errors with dated rules and advice, and the contacts.

`bot/knowledge/` reads them from `knowledge/`; nothing here touches a file. The format is explained for brokers in
`knowledge/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.model import Section, Type06
from bot.core.rulebook import RuleBook

if TYPE_CHECKING:
    from datetime import date

KINDS = (
    "server", "file", "upload", "claim", "entry", "account", "login", "abi", "after-acceptance", "question",
)  # fmt: skip
NEXT_STEPS = (
    "nothing-to-do", "wait", "retry", "resubmit", "fix-and-resubmit", "psc-first", "remove", "protest-or-counsel",
    "fix-account", "escalate",
)  # fmt: skip
ESCALATE = ("never", "if-persists", "if-evidence", "always")
FILED = ("no", "yes", "some", "unknown")
SECTIONS = (
    "What it means", "Do now", "Do not", "How to tell", "How long", "When to write to CBP", "Sources disagree",
)  # fmt: skip
# What an escalation may need to know; each is a blank in the draft and a question to the sender.
ASKS = (
    "entry-numbers", "message", "where-seen", "type06", "entry-type", "importer-name", "importer-number", "filer-code",
    "account-number", "claim-number", "declaration-date", "liquidation", "hts-lines", "statement", "tried",
    "screenshot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do from a day on. The newest rule that is not after the day, and fits Type 06, decides.

    `wait` is "3 business days", "60 minutes" …, empty when there is nothing to wait for. `evidence` is what must be
    shown before CBP is written to; `evidence_wordings` are words by which a sender says it is. `clock` is the deadline
    that runs. `tries`: after so many claims that refused an entry with it CBP is written to; 0 where none is known.
    `since_paid` is how long after the statement was paid it is too early to write.
    """

    start: date
    next_step: str
    escalate: str
    type06: str = "any"
    wait: str = ""
    evidence: str = ""
    evidence_wordings: tuple[str, ...] = ()
    clock: str = ""
    tries: int = 0
    since_paid: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What CBP or practitioners said from `start` on, in parts of a fixed order (SECTIONS); `type06` as in a Rule."""

    start: date
    sections: tuple[Section, ...]
    type06: str = "any"


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Another known error that is easily taken for this one, and the question that tells them apart."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, the day of the text read, and its address on the web, if it has one."""

    what: str
    dated: date | None = None
    official: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True)
class KnownError:
    """One situation. `messages` are CBP's texts, verbatim; `wordings` are how people put it.

    In a message or wording `{…}` stands for a variable part of up to four words. `codes` are bare codes ("864"), which
    count only near one of `near`, and so do messages of one or two words. `retired`: the day CBP retired the message; `replaced_by`: ids.
    `first` is the contact to ask before `contact` is written to, empty for none.
    """

    id: str
    title: str
    kind: str
    is_error: bool
    filed: str
    messages: tuple[str, ...]
    wordings: tuple[str, ...]
    matches: tuple[str, ...]
    not_matches: tuple[str, ...]
    rules: tuple[Rule, ...]
    advice: tuple[Advice, ...]
    contact: str
    sources: tuple[Source, ...]
    verified: date
    codes: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    look_alikes: tuple[LookAlike, ...] = ()
    asks: tuple[str, ...] = ()
    retired: date | None = None
    replaced_by: tuple[str, ...] = ()
    first: str = ""
    path: str = ""

    @property
    def official(self) -> str:
        """CBP's text as CBP prints it, the first of several; empty when there is none."""
        return self.messages[0].replace("{", "").replace("}", "") if self.messages else ""

    def rule_on(self, day: date, type06: Type06 = Type06.UNKNOWN) -> Rule:
        """The rule that decides on `day`. A rule for type 06 yes or no beats one for any that began the same day.

        Before the first rule the first one is given: the situation is older than what we know of it.
        """
        fitting = [rule for rule in self.rules if rule.type06 in ("any", type06.value)]
        in_force = [rule for rule in fitting if rule.start <= day]
        if not in_force:
            return min(fitting, key=lambda rule: (rule.start, rule.type06 == "any"))
        return max(in_force, key=lambda rule: (rule.start, rule.type06 != "any"))

    def advice_on(self, day: date, type06: Type06 = Type06.UNKNOWN) -> Advice:
        """The newest advice not after `day` that fits, chosen as a rule is; before the first one, the first."""
        fitting = [advice for advice in self.advice if advice.type06 in ("any", type06.value)]
        in_force = [advice for advice in fitting if advice.start <= day]
        if not in_force:
            return fitting[0]
        return max(in_force, key=lambda advice: (advice.start, advice.type06 != "any"))


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to. `key` is what knowledge files name. `address` is for e-mail; empty when there is none for drafts.

    `team` is how a draft greets. `subject` is the subject on which the contact's machine goes, empty for our own words.
    `owner_only`: it listens to the Trade Account Owner alone. `accounts`: it is about accounts, not about entries.
    """

    key: str
    name: str
    address: str
    about: str = ""
    phone: str = ""
    team: str = ""
    subject: str = ""
    owner_only: bool = False
    accounts: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is known.

    `topic_words` make a message about CAPE even when no error is recognised; `elsewhere_words` name other systems, whose
    errors sound alike. `escalation_wordings` are how a sender asks for a draft, `persists_wordings` how they say a try has
    failed before,
    `thanks_wordings` how they close a conversation.
    """

    errors: tuple[KnownError, ...]
    contacts: tuple[Contact, ...]
    topic_words: tuple[str, ...] = ()
    elsewhere_words: tuple[str, ...] = ()
    escalation_wordings: tuple[str, ...] = ()
    persists_wordings: tuple[str, ...] = ()
    thanks_wordings: tuple[str, ...] = ()
    hinge_words: tuple[str, ...] = ()
    rules: RuleBook = field(default_factory=RuleBook)

    def error(self, id: str) -> KnownError:  # noqa: A002 - the domain's word
        """The known error with this id; KeyError when there is none."""
        for error in self.errors:
            if error.id == id:
                return error
        raise KeyError(id)

    def title(self, id: str) -> str:  # noqa: A002 - the domain's word
        """The title of a situation; the words of its id while it has no file yet."""
        return next((error.title for error in self.errors if error.id == id), id.replace("-", " "))

    def contact(self, key: str) -> Contact:
        """The contact with this key; KeyError when there is none."""
        for contact in self.contacts:
            if contact.key == key:
                return contact
        raise KeyError(key)
