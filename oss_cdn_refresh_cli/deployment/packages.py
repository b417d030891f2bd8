"""Where the packages lie that the functions import: in a layer, or in the code folder (the application package).

Fact: Alibaba Cloud, "Installing a Dependency Library for Function Compute": libraries lie in the code folder.
"""

from pathlib import Path

ALWAYS_NEEDED = "certifi"  # of layers/requirements.in: the certificates for every call


def are_in(code: Path) -> bool:
    """Whether a code folder holds the packages, so that its functions need no layer."""
    return (code / ALWAYS_NEEDED).is_dir()
