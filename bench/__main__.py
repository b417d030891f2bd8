"""`make bench`: one line a measurement, `name ratio limit ok|FAIL`, and its figures beside it; exit 1 on a FAIL."""

import sys

from bench import batch, bounds, burst, cold_start, command, confirmation, inventory, memory, plan, planning, tls

MEASUREMENTS = (cold_start, tls, planning, batch, confirmation, bounds, inventory, burst, memory, plan, command)


def main() -> int:
    """Measure everything."""
    failed = False
    for measurement in MEASUREMENTS:
        for result in measurement.results():
            sys.stdout.write(f"{result}\n")
            sys.stderr.write(f"  {result.detail}\n")
            failed |= not result.ok
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
