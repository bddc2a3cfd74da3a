"""What the bot thinks with: knowledge, matcher and templates loaded once, as one function from message to reply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import conversation, rehearsal, sheets
from bot.core.compose import compose
from bot.core.problems import Mendable
from bot.core.spotting import Spotter
from bot.core.triage import Known, reading_of_files, triage
from bot.core.voice import Voice
from bot.knowledge import load, load_meaning
from bot.opening import open_file
from bot.resources import data_dir, template_sources

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from bot.core.conversation import Settled
    from bot.core.model import Diagnosis, Incoming, Reply


@dataclass(frozen=True, slots=True)
class Mind:
    """Knowledge and voice. `think` is pure: the same message, day and knowledge give the same reply."""

    known: Known
    voice: Voice

    def think(self, incoming: Incoming, today: date, confirmed: tuple[str, ...] = ()) -> tuple[Diagnosis, Reply | None]:
        """Diagnose a message as of a day and compose the reply; None when the bot keeps silent.

        A message that confirms numbers is answered with the earlier message whose numbers they are.
        """
        files = reading_of_files(self.known, today)
        settled = conversation.settle(incoming, lambda attached: sheets.read(attached, files))
        if settled is None:
            return compose(incoming, triage(incoming, self.known, today, confirmed), self.voice, self.known.catalogue)
        return self._think_on(settled, incoming, today, confirmed)

    def _think_on(
        self, settled: Settled, incoming: Incoming, today: date, confirmed: tuple[str, ...]
    ) -> tuple[Diagnosis, Reply | None]:
        """Answer the earlier message anew, with what was confirmed since."""
        by_file = tuple((*confirmed, *own) for own in settled.by_file)
        found = triage(settled.incoming, self.known, today, (*confirmed, *settled.words), by_file)
        found = replace(found, notes=(*conversation.notes(settled, found), *found.notes))
        answered = replace(settled.incoming, subject=incoming.subject)
        return compose(answered, found, self.voice, self.known.catalogue)


def load_mind(knowledge: Path | None, templates: Path | None, filer_codes: tuple[str, ...]) -> Mind:
    """Load what is shipped, or the given folders. Raises Mendable with every problem as `path:line: what`."""
    folder = knowledge or data_dir("knowledge")
    catalogue = load(folder)
    spotter = Spotter(catalogue, load_meaning(folder))
    sources = template_sources(templates)
    if templates and (wrong := rehearsal.problems(sources)):  # what is shipped was tried when it was tested
        raise Mendable("\n".join(f"{templates}/{line}" for line in wrong))
    return Mind(Known(catalogue, spotter, filer_codes, open_file), Voice(sources))
