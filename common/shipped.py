"""Files that are shipped beside the packages: at the top of the repository, or where it is put."""

from importlib.metadata import files
from pathlib import Path

_REPOSITORY = Path(__file__).parents[1]
_INSTALLED = "share/digidistrikt/"


def text(name: str) -> str:
    """What stands in a file, by its path in the repository. Raises FileNotFoundError."""
    if (_REPOSITORY / "pyproject.toml").is_file():
        return (_REPOSITORY / name).read_text(encoding="utf-8")
    for path in files("digidistrikt") or []:
        if path.as_posix().endswith(_INSTALLED + name):
            return Path(str(path.locate())).read_text(encoding="utf-8")
    raise FileNotFoundError(f"{name}: this is not in the package that is installed.")
