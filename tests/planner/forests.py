"""Random forests of directories, and the best choice in them by integer programming."""

from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from oss_cdn_refresh.planner.optimizer.forest import Forest


def random_forest(random: Random, directories: int) -> Forest:
    """A random tree with this number of directories; those without changes are removed."""
    reach = random.choice((1, 3, directories))
    parents = [0, *(max(0, at - 1 - random.randrange(reach + 1)) for at in range(1, directories))]
    inside: list[list[int]] = [[] for _ in range(directories)]
    for at in range(1, directories):
        inside[parents[at]].append(at)
    heavy = random.random() < 0.5

    def objects(often: float) -> int:
        if random.random() > often:
            return 0
        return int(random.paretovariate(0.8)) % 2_000 if heavy else random.randrange(6)

    changed: list[int] = []
    collateral: list[float] = []
    end: list[int] = []

    def visit(directory: int) -> int:
        at = len(changed)
        changed.append(objects(0.7))
        collateral.append(objects(0.8))
        end.append(0)
        for each in inside[directory]:
            below = visit(each)
            changed[at] += changed[below]
            collateral[at] += collateral[below]
        end[at] = len(changed)
        return at

    visit(0)
    whole = Forest(changed, collateral, end)
    root_too = random.random() < 0.5
    return whole.only([at for at in range(directories) if changed[at] and (at or root_too)])


def optimum(forest: Forest, changes: int, directories: int) -> float | None:
    """The least collateral; None if no choice covers enough changes."""
    count = len(forest.end)
    if not count:
        return None if changes > 0 else 0.0
    above: list[int] = []
    paths: list[list[int]] = []
    for at, end in enumerate(forest.end):
        while above and forest.end[above[-1]] <= at:
            above.pop()
        above.append(at)
        if end == at + 1:
            paths.append(list(above))
    rows = lil_array((len(paths) + 2, count))
    for row, path in enumerate(paths):
        rows[row, path] = 1
    rows[len(paths), :] = np.array(forest.changed)
    rows[len(paths) + 1, :] = 1
    least = np.full(len(paths) + 2, -np.inf)
    least[len(paths)] = changes
    most = np.ones(len(paths) + 2)
    most[len(paths)], most[len(paths) + 1] = np.inf, directories
    found = milp(
        np.array(forest.collateral, dtype=float),
        constraints=LinearConstraint(rows.tocsr(), least, most),
        integrality=np.ones(count),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    return None if found.x is None else float(round(found.fun))
