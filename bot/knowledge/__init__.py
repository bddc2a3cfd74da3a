"""knowledge/ -> Catalogue, or every problem as `path:line: what`."""

from bot.knowledge.load import KnowledgeError, Problem, load
from bot.knowledge.selftest import check

__all__ = ["KnowledgeError", "Problem", "check", "load"]
