"""Templates in the language of the interface: each is compiled once a language, with its words already in their place.

So a page in another language takes no longer than one in English, where each sentence is what stands in the template.
"""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any, ClassVar, cast

import flask.templating
from flask import Flask
from jinja2 import Template, nodes
from jinja2.ext import Extension, InternationalizationExtension
from jinja2.parser import Parser
from jinja2.visitor import NodeTransformer

from kblog import language

HOLE = re.compile(r"%\((\w+)\)s|%%")
Message = str | tuple[str, str]


class Environment(flask.templating.Environment):
    """Flask's, with one more of its kind for each other language; which of them draws is asked for each template."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.language, self.is_asking = language.ENGLISH, True
        self.others: dict[str, Environment] = {}
        self.parsed: str | None = None
        self.marked: dict[str, str] = {}  # texts with what is in another language marked
        self.noted: list[tuple[str, Message]] | None = None  # what templates say, where somebody gathers it
        super().__init__(app, **options)

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """Return a template in the language that is spoken; one that another asks for, in the language of that one."""
        if self.is_asking and (spoken := language.spoken()) != self.language:
            return self.speaking(spoken).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def speaking(self, spoken: str) -> "Environment":
        """Return the environment of another language."""
        if spoken not in self.others:
            other: Environment = self.overlay()  # type: ignore[assignment]
            other.language, other.is_asking, other.marked = spoken, False, {}
            self.others.setdefault(spoken, other)
        return self.others[spoken]

    def said(self, one: str, many: str = "") -> str:
        """Look a message up while a template is compiled; with `many`, the form for many of them."""
        words = language.catalogue(self.language)
        return words.ngettext(one, many, 2) if many else words.gettext(one)

    def note(self, template: str | None, message: Message) -> None:
        if self.noted is not None:
            self.noted.append((template or "", message))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        before, self.parsed = self.parsed, name
        tree = Words(self, name).visit(super()._parse(source, name, filename))
        self.parsed = before
        tree.set_environment(self)
        return tree


class Words(NodeTransformer):
    """Puts words in the place of each `_("...")` of a template."""

    def __init__(self, environment: Environment, name: str | None) -> None:
        self.environment, self.name = environment, name

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's name for it
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name != "_":
            return node
        message = node.args[0].as_const()
        self.environment.note(self.name, message)
        said = nodes.Const(self.environment.said(message))
        if node.kwargs:
            pairs = [nodes.Pair(nodes.Const(each.key), each.value) for each in node.kwargs]
            return nodes.Mod(said, nodes.Dict(pairs)).set_lineno(node.lineno)
        return said.set_lineno(node.lineno)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.name == "plural":
            one, many = [*(each.as_const() for each in node.args), ""][:2]
            self.environment.note(self.name, (f"%(number)s {one}", f"%(number)s {many or one + 's'}"))
        return node


class Trans(InternationalizationExtension):
    """`{% trans name=... %}...{{ name }}...{% endtrans %}`: a sentence with something in it, put there as ever."""

    def _make_node(
        self,
        singular: str,
        plural: str | None,
        context: str | None,
        variables: dict[str, nodes.Expr],
        plural_expr: nodes.Expr | None,
        vars_referenced: bool,
        num_called_num: bool,
    ) -> Any:
        """Make of a sentence its words and what stands in its holes, one after the other."""
        environment: Any = self.environment
        environment.note(environment.parsed, (singular, plural) if plural else singular)
        if plural is None or plural_expr is None:
            return nodes.Output(list(_parts(environment.said(singular), variables)))
        many = nodes.Output(list(_parts(environment.said(singular, plural), variables)))
        if environment.language != language.ENGLISH:  # Korean has one form for any number
            return many
        is_one = nodes.Compare(plural_expr, [nodes.Operand("eq", nodes.Const(1))])
        return nodes.If(is_one, [nodes.Output(list(_parts(singular, variables)))], [], [many])


class InEnglish(Extension):
    """Within a tag, where the interface is not English: `{% in_english %}` is ` lang="en"`, for content that is.

    `{% in_interface %}` is ` lang="ko"`, say, for what the interface says in the midst of content.
    """

    tags: ClassVar = {"in_english", "in_interface"}  # pyright: ignore[reportIncompatibleVariableOverride] - so Jinja wants it

    def parse(self, parser: Parser) -> nodes.Node:
        """Write the attribute, or nothing."""
        tag, environment = next(parser.stream), cast(Environment, self.environment)
        spoken = environment.language
        marked = language.ENGLISH if tag.value == "in_english" else spoken
        attribute = f' lang="{marked}"' if spoken != language.ENGLISH else ""
        return nodes.Output([nodes.TemplateData(attribute)]).set_lineno(tag.lineno)


def _parts(sentence: str, variables: dict[str, nodes.Expr]) -> Iterator[nodes.Expr]:
    """Cut a sentence where its holes are.

    >>> [part.data if isinstance(part, nodes.TemplateData) else part for part in _parts("a %(b)s 5%%", {"b": "B"})]
    ['a ', 'B', ' 5', '%']
    """
    at = 0
    for hole in HOLE.finditer(sentence):
        if hole.start() > at:
            yield nodes.TemplateData(sentence[at : hole.start()])
        yield variables[hole[1]] if hole[1] else nodes.TemplateData("%")
        at = hole.end()
    if at < len(sentence):
        yield nodes.TemplateData(sentence[at:])
