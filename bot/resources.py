"""Where the shipped data stand: templates, knowledge, demo mail."""

from pathlib import Path

from bot.core.problems import Mendable

_PACKAGE = Path(__file__).parent


def data_dir(name: str) -> Path:
    """Take `templates` or `knowledge`; give its folder, in a checkout or inside an installed wheel.

    Raises Mendable when neither is there.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise Mendable(f"the folder {name}/ is missing from this installation: install capebot again")


def template_sources(folder: Path | None = None) -> dict[str, str]:
    """The text of every template, by file name; from `folder`, else from what is shipped."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted((folder or data_dir("templates")).glob("*.j2"))
    }
