"""Numbers are shown with the digits that count."""

import pytest

from demo.result import as_text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.8038, "0.80"), (0.002979, "0.0030"), (0.0009, "0.00090"), (0.0, "0.00"), (1.0, "1.0"), (12.34, "12"),
     (123456.0, "123456"), (-2.5, "-2.5"), (1e-12, "0.000000000")],
)  # fmt: skip
def test_a_number_has_two_digits_that_count(number: float, text: str) -> None:
    assert as_text(number) == text
