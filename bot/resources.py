"""Where the shipped data stand: templates, knowledge, demo mail."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_dir(name: str) -> Path:
    """Take `templates` or `knowledge`; give its folder, in a checkout or inside an installed wheel.

    Raises FileNotFoundError with what to do when neither is there.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name}/ is missing from this installation: install capebot again")
