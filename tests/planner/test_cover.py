"""The choice of directories against the optimum of integer programming (HiGHS)."""

from itertools import pairwise
from random import Random

import pytest
from forests import optimum, random_forest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.planner.optimizer.cover import cheapest
from oss_cdn_refresh.planner.optimizer.forest import Forest

NEARLY = 1.02  # of the optimum, over a whole set
SINGLE = 1.25  # of the optimum, for one forest whose optimum is …
SMALL = 20  # … at least so many objects


def cases(seed: int, count: int, sizes: tuple[int, ...]) -> list[tuple[Forest, int, int]]:
    """Forests, each with the number of changes to cover and the allowed number of directories."""
    random = Random(seed)  # noqa: S311 - a seed repeats it
    found = []
    for _ in range(count):
        forest = random_forest(random, random.choice(sizes))
        total = sum(forest.changed[at] for at in forest.roots())
        urls = int(total * random.random() * random.choice((1, 0.3, 0.05)))
        found.append((forest, total - urls, random.choice((1, 2, 3, 5, 10, 20))))
    return found


@pytest.mark.parametrize(
    ("seed", "count", "sizes"),
    [
        (0, 300, (5, 10, 20, 50)),
        pytest.param(1, 1_500, (5, 10, 20, 50), marks=pytest.mark.load),
        pytest.param(2, 600, (30, 60, 100), marks=pytest.mark.load),
        pytest.param(3, 25, (300,), marks=pytest.mark.load),
    ],
    ids=["a few", "small", "medium", "large"],
)
def test_the_choice_is_nearly_optimal(seed: int, count: int, sizes: tuple[int, ...]) -> None:
    ours = best = 0.0
    for forest, changes, directories in cases(seed, count, sizes):
        taken = cheapest(forest, changes, directories)
        least = optimum(forest, changes, directories)
        assert (taken is None) == (least is None)
        if taken is None or least is None:
            continue
        choice = forest.choice(taken)
        assert (choice.changed >= changes, len(taken) <= directories) == (True, True)
        assert choice.collateral >= least
        assert choice.collateral <= SINGLE * max(least, SMALL)
        ours, best = ours + choice.collateral, best + least
    assert best > 0
    assert ours <= NEARLY * best


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 400), st.integers(0, 8))
def test_a_choice_always_covers_enough_and_is_never_nested(
    seed: int, size: int, changes: int, directories: int
) -> None:
    forest = random_forest(Random(seed), size)  # noqa: S311 - a seed repeats it
    taken = cheapest(forest, changes, directories)
    reachable = sum(sorted((forest.changed[at] for at in forest.roots()), reverse=True)[:directories])
    assert (taken is None) == (reachable < changes)
    if taken is not None:
        assert forest.choice(taken).changed >= changes
        assert len(taken) <= directories
        assert all(forest.end[first] <= second for first, second in pairwise(taken))


def test_nothing_is_chosen_if_nothing_has_to_be_covered() -> None:
    assert cheapest(Forest([5], [0], [1]), 0, 3) == ()


def test_of_equal_collateral_the_fewest_directories_are_chosen() -> None:
    """Two directories inside another one, all without unchanged objects."""
    assert cheapest(Forest([10, 5, 5], [0, 0, 0], [3, 2, 3]), 10, 3) == (0,)


def test_a_large_forest_is_searched_without_tiny_directories() -> None:
    """6,000 directories with ten changes each; the n-th has a collateral of n objects."""
    count = 6_000
    flat = Forest([10] * count, list(range(count)), list(range(1, count + 1)))
    taken = cheapest(flat, 500, 50)
    assert taken == tuple(range(50))
