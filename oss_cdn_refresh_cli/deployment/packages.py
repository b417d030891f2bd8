"""Where the packages lie that the functions import: in a layer, or in the code folder (the application package).

Fact: Function Compute, "Install third-party dependencies": packages in the code folder are importable without a layer.
"""

from pathlib import Path

ALWAYS_IMPORTED = "requests"  # of layers/requirements.in, by the functions' HTTP transport


def are_in(code: Path) -> bool:
    """Whether a code folder holds the packages, so that its functions need no layer."""
    return (code / ALWAYS_IMPORTED).is_dir()
