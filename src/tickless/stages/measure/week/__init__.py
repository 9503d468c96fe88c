"""A week as an operator wants to read it on Monday."""

from tickless.stages.measure.week.core import week_of
from tickless.stages.measure.week.page import as_html
from tickless.stages.measure.week.shape import Section, Week
from tickless.stages.measure.week.told import as_markdown

__all__ = ["Section", "Week", "as_html", "as_markdown", "week_of"]
