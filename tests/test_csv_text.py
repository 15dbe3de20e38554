"""Files for spreadsheets: what is text stays text."""

from __future__ import annotations

import pytest

from moderation_service.csv_text import as_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_never_begins_as_a_formula(start: str) -> None:
    line = as_csv(["cell"], [[f"{start}1+1"]]).partition("\r\n")[2]
    assert line.lstrip('"').startswith(f"'{start}")


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert as_csv(["a", "b", "c"], [[-1, 0.5, None]]) == "a,b,c\r\n-1,0.5,\r\n"


def test_commas_quotes_and_line_ends_are_kept_in_their_cell() -> None:
    assert as_csv(["a"], [['one, "two"\nthree']]) == 'a\r\n"one, ""two""\nthree"\r\n'
