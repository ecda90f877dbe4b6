"""A process that lives long makes one client for all tables, before the first call needs it."""

from chalicelib.store import channels, guard
from chalicelib.store.models import TABLES
from tests.support.stack import Emulator


def test_all_tables_share_one_client(cloud: Emulator) -> None:
    guard.warm_up()
    assert len({id(table._get_connection().connection.client) for table in TABLES}) == 1
    assert guard._connection().client is TABLES[0]._get_connection().connection.client


def test_it_may_be_done_twice_and_the_tables_still_answer(cloud: Emulator) -> None:
    guard.warm_up()
    guard.warm_up()
    assert channels.find("ch_of_nobody") is None
