"""What the bot thinks with: knowledge, matcher and templates loaded once, as one function from message to reply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import conversation, rehearsal, sheets
from bot.core.compose import compose
from bot.core.model import PassageKind
from bot.core.problems import Mendable
from bot.core.sentences import affirmed, happened, requested
from bot.core.spotting import Spotter
from bot.core.triage import Known, reading_of_files, triage
from bot.core.voice import Voice
from bot.knowledge import load, load_meaning
from bot.opening import open_file
from bot.resources import data_dir, template_sources

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from bot.core.conversation import Settled
    from bot.core.model import Attachment, Diagnosis, Incoming, Passage, Reply, Sheet, Spotting


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a thread is read (see `matters.Reader`)."""

    known: Known
    today: date

    def sheets(self, attached: tuple[Attachment, ...]) -> tuple[Sheet, ...]:
        return sheets.read(attached, reading_of_files(self.known, self.today))

    def spot(self, parts: Sequence[Passage]) -> Spotting:
        return self.known.spotter.spot(tuple(parts))

    def moves(self, parts: Sequence[Passage], ids: Collection[str]) -> bool:
        catalogue = self.known.catalogue
        own = tuple(part for part in parts if part.kind is PassageKind.OWN)
        if requested(own, catalogue.escalation_wordings) or happened(own, catalogue.persists_wordings):
            return True
        rules = (rule for one in ids for rule in catalogue.error(one).rules)
        return any(affirmed(own, rule.evidence_wordings) for rule in rules)


@dataclass(frozen=True, slots=True)
class Mind:
    """Knowledge and voice. `think` is pure: the same message, day and knowledge give the same reply."""

    known: Known
    voice: Voice

    def think(self, incoming: Incoming, today: date, confirmed: tuple[str, ...] = ()) -> tuple[Diagnosis, Reply | None]:
        """Diagnose a message as of a day and compose the reply; None when the bot keeps silent.

        A message that confirms numbers, or tells more of the matter, is answered with the earlier ones of its thread.
        """
        settled = conversation.settle(incoming, _Reader(self.known, today))
        if settled is None:
            return compose(incoming, triage(incoming, self.known, today, confirmed), self.voice, self.known.catalogue)
        return self._think_on(settled, incoming, today, confirmed)

    def _think_on(
        self, settled: Settled, incoming: Incoming, today: date, confirmed: tuple[str, ...]
    ) -> tuple[Diagnosis, Reply | None]:
        """Answer the matter anew, with what was confirmed and told since."""
        by_file = tuple((*confirmed, *own) for own in settled.by_file)
        found = triage(settled.incoming, self.known, today, (*confirmed, *settled.words), by_file, settled.thread)
        found = replace(found, notes=(*conversation.notes(settled, found), *found.notes))
        return compose(incoming, found, self.voice, self.known.catalogue)


def load_mind(knowledge: Path | None, templates: Path | None, filer_codes: tuple[str, ...]) -> Mind:
    """Load what is shipped, or the given folders. Raises Mendable with every problem as `path:line: what`."""
    folder = knowledge or data_dir("knowledge")
    catalogue = load(folder)
    spotter = Spotter(catalogue, load_meaning(folder))
    sources = template_sources(templates)
    if templates and (wrong := rehearsal.problems(sources)):  # what is shipped was tried when it was tested
        raise Mendable("\n".join(f"{templates}/{line}" for line in wrong))
    return Mind(Known(catalogue, spotter, filer_codes, open_file), Voice(sources))
