"""Bytecode for the functions' own code, so that a cold start does not compile it: some 30 ms of 180.

The ordinary kind is checked against the source's time, which the upload does not keep; this kind is checked against its
hash, so an edited source is compiled anew, here and there.
"""

# ruff: noqa: S603 - it runs the Python that was found for the layer, on our own code

import subprocess
from pathlib import Path

MOUNTED_AT = "/code"  # where Function Compute unpacks the code; tracebacks name it


def compile_checked(code: Path, python: Path) -> None:
    """Compile all that lies below a function's code root, with a Python of the version that it will run on."""
    command = [str(python), "-m", "compileall", "-q", "-f", "--invalidation-mode", "checked-hash"]
    subprocess.run([*command, "-s", str(code), "-p", MOUNTED_AT, str(code)], check=True)
