"""Kinds of arguments that click has no word for."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from moderation_service.articles.content import url_fault

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class WebAddress(click.ParamType[str]):
    """The address of a web page, or nothing."""

    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address as it is."""
        fault = url_fault(str(value)) if value else None
        if fault is not None:
            self.fail(f"{value!r} {fault}", param, ctx)
        return str(value)


class Duration(click.ParamType[timedelta]):
    """A length of time such as `30m`, `24h` or `7d`."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The time that was meant."""
        found = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value))
        if found is None:
            self.fail(f"{value!r} is not a time such as 30m, 24h or 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
