"""Orders as a node's row has them."""

import pytest

from chalicelib.domain.orders import Order
from chalicelib.domain.streams import EndReason


@pytest.mark.parametrize("reason", list(EndReason))
def test_an_order_is_read_as_it_was_written(reason: EndReason) -> None:
    order = Order.to_end("01JDQ0000000000000000000AB", reason)
    assert Order.parse(order.text) == order


def test_an_order_to_review_is_read_as_it_was_written_and_ends_nothing() -> None:
    order = Order.to_review("01JDQ0000000000000000000AB")
    assert Order.parse(order.text) == order
    assert order.reason is None


def test_a_reason_that_only_a_newer_version_knows_ends_the_stream_and_is_acknowledged_as_written() -> None:
    order = Order.parse("01JDQ0000000000000000000AB moderated")
    assert (order.reason, order.text) == (EndReason.STOPPED, "01JDQ0000000000000000000AB moderated")
