"""The templates: how they are filled in, and what is wrong with one, told by its name and line."""

from __future__ import annotations

import re
import textwrap
from traceback import walk_tb
from typing import TYPE_CHECKING

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment

from bot.core import words
from bot.core.escalation import one_line
from bot.core.masking import mask
from bot.core.problems import Mendable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TEMPLATES = ("reply.txt.j2", "reply.html.j2", "escalation.txt.j2")
WIDTH = 78  # columns of the plain text: what mail programs and terminals show without wrapping


class Voice:
    """The templates, compiled once. `sources` maps each name of TEMPLATES, and what they include, to its text.

    A site may edit them, so they run sandboxed; a name that is not there is an error, never an empty string.
    Raises TemplateProblem with all that is wrong, unless `checked` is false: then `problems` says it.
    """

    def __init__(self, sources: Mapping[str, str], *, checked: bool = True) -> None:
        self._sources = dict(sources)
        self._plain = _environment(self._sources, html=False)
        self._html = _environment(self._sources, html=True)
        if checked and (found := self.problems()):
            raise TemplateProblem("\n".join(found))

    def problems(self) -> tuple[str, ...]:
        """What is wrong with each template as it is written, as `name:line: what`."""
        missing = [
            f"{name}:1: this template is missing: copy the one that is shipped"
            for name in TEMPLATES
            if name not in self._sources
        ]
        return (*missing, *(line for name in self._sources for line in self._written_wrong(name)))

    def say(self, name: str, **values: object) -> str:
        """The named template filled in. Raises TemplateProblem with the line that cannot be filled in."""
        try:
            return self._environment(name).get_template(name).render(**values)
        except _FAILURES as error:
            raise TemplateProblem(self._told(name, error)) from error

    def _written_wrong(self, name: str) -> Iterator[str]:
        environment = self._environment(name)
        if name in TEMPLATES and not self._sources[name].strip():
            yield f"{name}:1: this template is empty, so it says nothing"
        try:
            environment.get_template(name)
        except TemplateError as error:
            yield self._told(name, error)
            return
        tree = environment.parse(self._sources[name] if _REFERS.search(self._sources[name]) else "")
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            wanted = getattr(node, "template", None)
            other = wanted.value if isinstance(wanted, nodes.Const) else None
            if isinstance(other, str) and other not in self._sources and not getattr(node, "ignore_missing", False):
                yield f"{name}:{node.lineno}: {_NOT_THERE.format(other)}"

    def _environment(self, name: str) -> Environment:
        return self._html if name.endswith(".html.j2") else self._plain

    def _told(self, name: str, error: Exception) -> str:
        """`name:line: what`: the template and line that an error comes from."""
        if isinstance(error, TemplateSyntaxError):
            return f"{error.name or name}:{error.lineno}: {error.message}"
        passed = [(frame.f_code.co_filename, number) for frame, number in walk_tb(error.__traceback__)]
        places = [place for place in passed if place[0] in self._sources] or [(name, 1)]
        if isinstance(error, TemplateNotFound):
            return f"{places[-1][0]}:{places[-1][1]}: {_NOT_THERE.format(error.name)}"
        # A misspelt word may fail only in a macro that it was handed to: the place that writes it is meant.
        words_named = _NAMED.findall(str(error))[-1:] if isinstance(error, UndefinedError) else []
        writing = [place for place in places if any(word in self._line(*place) for word in words_named)]
        name, line = (writing or places)[-1]
        kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
        return f"{name}:{line}: {kind}{error}"

    def _line(self, name: str, number: int) -> str:
        return "".join(self._sources[name].splitlines()[number - 1 : number])


_REFERS = re.compile(r"\{%[-+]?\s*(?:include|import|from|extends)\b")
_NAMED = re.compile(r"'(\w+)'")
_NOT_THERE = "no template is named {!r}"
# What a template's own mistake can raise: an unknown name, text and number added, a word outside its vocabulary, …
_FAILURES = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)


class TemplateProblem(Mendable):
    """A template cannot be used; the text holds one `name:line: what` per problem."""


def _environment(sources: Mapping[str, str], *, html: bool) -> Environment:
    def found(name: str) -> tuple[str, str, None] | None:
        return (sources[name], name, None) if name in sources else None  # its name as its file's: tracebacks show it

    environment = SandboxedEnvironment(
        loader=FunctionLoader(found),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "day": words.day_words, "count": words.count_words, "line": _line, "wrap": _wrap, "quoted": _quoted,
        "reason": words.fault_words, "number": "{:,}".format,
        "suspect": lambda suspect: words.suspect_words(one_line(suspect.value), suspect.reason, suspect.proposal),
        "filed": lambda filed: words.FILED_WORDS[filed],
        "entry": words.entry_words,
        "outcome": lambda one: words.OUTCOME_WORDS[one.outcome][1],
        "step": lambda step: words.NEXT_STEP_WORDS[step],
        "when": lambda finding: words.when_words(finding.next_step, finding.not_before),
    }  # fmt: skip
    environment.filters.update({name: _strict(one) for name, one in filters.items()})
    return environment


def _strict(one: Callable[..., str]) -> Callable[..., str]:
    """A filter of ours that says of an unknown name what jinja2's own say: that it is unknown."""

    def filled(*values: object, **named: object) -> str:
        for value in values:
            if isinstance(value, Undefined):
                str(value)  # raises UndefinedError with the name
        return one(*values, **named)

    return filled


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """Wrapped to WIDTH, the first line after `first` and the others after `rest` (as wide as `first`)."""
    indent = " " * len(first) if rest is None else rest
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _line(text: str) -> str:
    """Somebody's words on one line; what only then stands together as a Social Security number is masked."""
    return mask(one_line(text))


def _quoted(text: str, most: int = 300) -> str:
    """Somebody's words on one line, cut at `most` characters."""
    line = _line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"
