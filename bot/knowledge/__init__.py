"""knowledge/ -> Catalogue, or every problem as `path:line: what`."""

from bot.knowledge.learned import load_meaning
from bot.knowledge.load import load
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.selftest import check

__all__ = ["KnowledgeError", "Problem", "check", "load", "load_meaning"]
