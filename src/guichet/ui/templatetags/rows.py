"""`{% rows r in list %} … {% endrows %}`: what `{% for %}` writes, several times as fast, for the lines of a list.

Django's own loop asks every node of every line anew what it is. Here the content is sorted once, when the template is
read: text, what is the same in every line (written once a page), values of the line, and all the rest, which Django
renders as ever. The page is the same to the letter; there is no `forloop`, and nothing is kept from page to page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from django.template import Library, TemplateSyntaxError
from django.template.base import Node, TextNode, Variable, VariableNode, render_value_in_context
from django.template.defaulttags import IfNode, TemplateLiteral
from django.template.library import SimpleNode
from django.templatetags.i18n import TranslateNode
from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.template.base import FilterExpression, Parser, Token
    from django.template.context import Context

    Find = Callable[[Any], Any]  # a value of the line
    Write = Callable[[Context, Any], str]
    Part: TypeAlias = "str | Node | Write | _Fork"

register = Library()

_ASKING: Final = ("expects_localtime", "needs_autoescape", "is_safe")  # marks of filters that want more than a value


class _Unusual(Exception):
    """A value that Django's own way of looking has to find: a call, an index, nothing at all."""


@register.tag
def rows(parser: Parser, token: Token) -> RowsNode:
    """`{% rows line in lines %}`: one name, one list; `{% endrows %}` ends it."""
    words = token.split_contents()
    if len(words) != 4 or words[2] != "in":
        message = "{% rows line in lines %} takes one name and one list"
        raise TemplateSyntaxError(message)
    content = parser.parse(("endrows",))
    parser.delete_first_token()
    return RowsNode(words[1], parser.compile_filter(words[3]), content)


class RowsNode(Node):
    """The lines of a list."""

    child_nodelists = ("nodelist",)

    def __init__(self, name: str, sequence: FilterExpression, nodelist: Iterable[Node]) -> None:
        self.name, self.sequence, self.nodelist = name, sequence, nodelist
        self._parts = _parts(name, nodelist)

    def render(self, context: Context) -> str:
        """All lines, one after the other."""
        lines = self.sequence.resolve(context, ignore_failures=True)
        if not lines:
            return ""
        written: list[str] = []
        with context.push():
            settled = _settled(self._parts, context)
            for line in lines:
                context[self.name] = line
                written += [part if isinstance(part, str) else part(context, line) for part in settled]
        return mark_safe("".join(written))  # noqa: S308 - what its nodes wrote, each escaped as ever


class _Fork:
    """`{% if %}` with or without `{% else %}`. `find` gives what it asks of the line; None: the same for all lines."""

    def __init__(self, name: str, node: IfNode, find: Find | None) -> None:
        self.node, self.find = node, find
        self.branches = [(condition, _parts(name, content)) for condition, content in node.conditions_nodelists]

    def settled(self, context: Context) -> list[str | Write]:
        if self.find is None:
            chosen = (parts for condition, parts in self.branches if condition is None or _is_met(condition, context))
            return _settled(next(chosen, []), context)
        yes, no = ([*(_settled(parts, context) for _, parts in self.branches), []])[:2]
        return [_forked(self.node, self.find, yes, no)]


def _forked(node: IfNode, find: Find, yes: list[str | Write], no: list[str | Write]) -> Write:
    def write(context: Context, line: Any) -> str:
        try:
            chosen = yes if find(line) else no
        except _Unusual:
            return str(node.render_annotated(context))
        return "".join([part if isinstance(part, str) else part(context, line) for part in chosen])

    return write


def _settled(parts: Iterable[Part], context: Context) -> list[str | Write]:
    """The content for this page: what is the same in every line is text now, and text beside text is one."""
    found: list[str | Write] = []
    for part in parts:
        for one in _settle(part, context):
            if isinstance(one, str) and found and isinstance(found[-1], str):
                found[-1] += one
            else:
                found.append(one)
    return found


def _settle(part: Part, context: Context) -> list[str | Write]:
    if isinstance(part, _Fork):
        return part.settled(context)
    return [str(part.render_annotated(context)) if isinstance(part, Node) else part]


def _parts(name: str, nodelist: Iterable[Node]) -> list[Part]:
    return [_part(name, node) for node in nodelist]


def _part(name: str, node: Node) -> Part:
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, VariableNode):
        return _variable(name, node)
    if type(node) is SimpleNode and node.target_var is None and not node.takes_context:
        return _simple(name, node)
    if type(node) is TranslateNode and node.asvar is None and not _depend(name, [node.filter_expression]):
        return node
    return _fork(name, node) if isinstance(node, IfNode) else _as_ever(node)


def _as_ever(node: Node) -> Write:
    return lambda context, _line: str(node.render_annotated(context))


def _variable(name: str, node: VariableNode) -> Node | Write:
    if not _depend(name, [node.filter_expression]):
        return node
    find = _finder(name, node.filter_expression)
    if find is None:
        return _as_ever(node)

    def write(context: Context, line: Any) -> str:
        try:
            value = find(line)
        except _Unusual:
            return str(node.render_annotated(context))
        is_plain = type(value) is str and context.autoescape
        return escape(value) if is_plain else str(render_value_in_context(value, context))

    return write


def _simple(name: str, node: SimpleNode) -> Node | Write:
    """A tag that is a function of its arguments."""
    if not _depend(name, [*node.args, *node.kwargs.values()]):
        return node
    finders = [find for one in node.args if (find := _finder(name, one))]
    if node.kwargs or len(finders) < len(node.args):
        return _as_ever(node)

    def write(context: Context, line: Any) -> str:
        try:
            values = [find(line) for find in finders]
        except _Unusual:
            return str(node.render_annotated(context))
        made = node.func(*values)
        return conditional_escape(made) if context.autoescape else str(made)

    return write


def _fork(name: str, node: IfNode) -> Write | _Fork:
    conditions = [condition for condition, _ in node.conditions_nodelists if condition is not None]
    if not _depend(name, [literal.value for one in conditions for literal in _literals(one)]):
        return _Fork(name, node, None)
    only: Any = conditions[0] if len(conditions) == 1 else None
    find = _finder(name, only.value) if _is_literal(only) else None
    return _Fork(name, node, find) if find else _as_ever(node)


def _is_met(condition: Any, context: Context) -> bool:
    return bool(condition.eval(context))


def _is_literal(condition: Any) -> bool:
    return type(condition) is TemplateLiteral


def _literals(condition: Any) -> list[Any]:
    """The values a condition compares."""
    if condition is None or _is_literal(condition):
        return [condition] if condition is not None else []
    return _literals(condition.first) + _literals(condition.second)


def _depend(name: str, expressions: Sequence[FilterExpression]) -> bool:
    """Whether one of them asks for the line."""
    return any(_first(variable) == name for one in expressions for variable in _variables(one))


def _variables(expression: FilterExpression) -> list[Any]:
    return [expression.var, *(value for _, given in expression.filters for is_name, value in given if is_name)]


def _first(variable: Any) -> str:
    return variable.lookups[0] if isinstance(variable, Variable) and variable.lookups else ""


def _finder(name: str, expression: FilterExpression) -> Find | None:
    """What finds the value in a line; None for expressions that only Django's own way can read."""
    variable: Any = expression.var
    if not isinstance(variable, Variable):
        return None if expression.filters else lambda _line: variable
    filters = [(function, [_constant(value) for _, value in given]) for function, given in expression.filters]
    names = any(is_name for _, given in expression.filters for is_name, _ in given)
    asks = any(getattr(function, mark, False) for function, _ in filters for mark in _ASKING)
    if _first(variable) != name or variable.translate or names or asks:
        return None
    steps = (variable.lookups or ())[1:]

    def find(line: Any) -> Any:
        for step in steps:
            line = _step(line, step)
        for function, given in filters:
            line = function(line, *given)
        return line

    return find


def _constant(value: Any) -> Any:
    """An argument of a filter that stands in the template: its author wrote it, as Django takes it."""
    return mark_safe(value) if isinstance(value, str) else value  # noqa: S308 - text of a template


def _step(holder: Any, step: str) -> Any:
    """A dictionary's value or an object's plain attribute, as `{{ holder.step }}` gives it."""
    if type(holder) is dict:
        value = holder.get(step, _step)  # a function, as what is not there
    else:
        value = _step if hasattr(type(holder), "__getitem__") else getattr(holder, step, _step)
    if callable(value):
        raise _Unusual
    return value
