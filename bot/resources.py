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
    """The text of every template, by file name; from `folder`, else from what is shipped.

    Raises Mendable with each that cannot be read as `path:line: what`.
    """
    sources, problems = read_templates(folder or data_dir("templates"))
    if problems:
        raise Mendable("\n".join(problems))
    return sources


def read_templates(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The text of every template, and `path:line: what` for each that is no UTF-8 or cannot be opened."""
    sources: dict[str, str] = {}
    problems = []
    for path in sorted(folder.glob("*.j2")):
        content = b""
        try:
            content = path.read_bytes()
            sources[path.name] = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            problems.append(f"{path}:{line}: byte 0x{content[error.start]:02X} is no UTF-8: save the file as UTF-8")
            sources[path.name] = content.decode(
                "utf-8-sig", errors="replace"
            )  # so that the rest of it can be looked at
        except OSError as error:
            problems.append(f"{path}:1: cannot be opened: {error.strerror or error}")
    return sources, problems
