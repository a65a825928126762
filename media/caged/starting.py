"""How a caged process begins: with our code, and without anything of the environment."""

import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[2])


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs ``main(arguments)`` of a module of this package, isolated (-I)."""
    start = (
        "import sys; sys.path.append(sys.argv[1]); "
        f"from media.caged.{module} import main; main(sys.argv[2:])"
    )
    return [sys.executable, "-I", "-c", start, _ROOT, *arguments]
