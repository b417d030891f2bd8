"""Reads a YAML file: errors name the line, and aliases and merge keys cannot multiply the file's content.

Only YAML's safe subset is allowed. A key may occur once in a mapping: PyYAML would silently ignore the first of two.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.checks import cut

DEPTH = 20  # levels of a file; the deepest setting is in the seventh
MOST_CHARACTERS = 1_000_000  # of a file; 1,000 sites have 100,000
MOST_VALUES = 100_000  # keys, entries and values; the content of an alias or merge key counts at each use
FIGURE_LENGTH = 30  # characters of a number; a longer one is a mistake, and Python refuses thousands of digits
REMEDIES = {  # for the most common mistakes, by the messages of libyaml and PyYAML
    "found character that cannot start any token": "indent with spaces, not tabs, and quote what begins with @ or `",
    "did not find expected alphabetic or numeric character": 'quote what begins with *, such as "*.map"',
}
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
MISFITS = (ValueError, ArithmeticError, LookupError, AttributeError, TypeError)  # a value does not fit its tag

if TYPE_CHECKING:
    from yaml import SafeLoader as FastestLoader
else:
    FastestLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str | bytes, file: str) -> object:
    """The content of a file; `file` is its name in messages.

    :raises ConfigurationError: the text is not YAML, or exceeds a bound.
    """
    whole = "the whole file"
    if len(text) > MOST_CHARACTERS:
        what = f"has more than {MOST_CHARACTERS:,} characters"
        raise ConfigurationError(file, whole, what, "see docs/configuration.md for its shape")
    try:
        if _too_deep(text):
            raise ConfigurationError(file, whole, "is nested without end", "see docs/configuration.md for its shape")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, the fast one where libyaml is there
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else whole
        problem = error.problem or "is not YAML"
        remedy = error.note or REMEDIES.get(problem, "fix the YAML there")
        raise ConfigurationError(file, place, cut(problem), remedy) from error
    except (yaml.YAMLError, *MISFITS) as error:
        what = cut(" ".join(str(error).split()))
        raise ConfigurationError(file, whole, what, "save it as UTF-8 text in YAML") from error


def _too_deep(text: str | bytes) -> bool:
    """Whether the YAML is nested too deeply: loading it could crash the process."""
    depth = 0
    for event in yaml.parse(text, Loader=FastestLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            return True
    return False


class _Loader(FastestLoader):
    """Refuses duplicate keys, aliases that multiply values, and values that do not fit their tags."""

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _count(node, {})
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's own
        try:
            return super().construct_object(node, deep=deep)
        except MISFITS as error:
            raise _refused(node, cut(" ".join(f"has a value that does not fit: {error}".split()))) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 - PyYAML's own
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise _refused(key, f"{cut(repr(key.value))} stands there twice")
            seen.add(str(key.value))
        return dict(super().construct_mapping(node, deep=deep))


def _refused(node: yaml.Node, problem: str, remedy: str | None = None) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark, note=remedy)


def _count(node: yaml.Node, counted: dict[int, int | None]) -> int:
    """The number of values in a node after each alias is written out. `counted` has the numbers of earlier nodes."""
    known = counted.get(id(node), 0)
    if known is None:
        raise _refused(node, "holds itself", "write the value itself instead of the alias")
    if known:
        return known
    counted[id(node)] = None
    total = 1 + sum(_count(inner, counted) for inner in _inside(node))
    if total > MOST_VALUES:
        what = f"holds more than {MOST_VALUES:,} values, those of aliases included"
        raise _refused(node, what, "take aliases and merge keys out, or split the configuration")
    counted[id(node)] = total
    return total


def _inside(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif node.tag in NUMBERS and len(node.value) > FIGURE_LENGTH:
        remedy = f"write a number of at most {FIGURE_LENGTH} characters, or put a text in quotes"
        raise _refused(node, f"is a number of {len(node.value):,} characters", remedy)
