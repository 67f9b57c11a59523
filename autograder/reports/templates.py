"""How pages are made of templates."""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.grading.table import points


def breakable(name: str) -> Markup:
    """A Python name that a narrow page may break behind its underscores."""
    return Markup("_<wbr>").join(name.split("_"))


@cache
def template(package: str, name: str, *filters: Callable[..., Any]) -> Template:
    """A template that lies beside the modules of a package; it knows `points`, `breakable` and some filters more.

    Args:
        package: The package.
        name: The template's file.
        filters: Functions that it calls by their names.
    """
    environment = Environment(
        loader=PackageLoader(package, ""),
        autoescape=True,  # names, messages and code are other people's texts
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {one.__name__: one for one in (points, breakable, *filters)}
    return environment.get_template(name)
