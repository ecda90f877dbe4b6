"""A process that lives long makes one client for all tables, before the first call needs it."""

import subprocess
import sys

from chalicelib.store import channels, guard
from chalicelib.store.models import TABLES
from chalicelib.store.runtime_models import Heartbeat
from local.settings import ROOT
from tests.support.stack import Emulator


def test_all_tables_share_one_client(cloud: Emulator) -> None:
    guard.warm_up()
    assert len({id(table._get_connection().connection.client) for table in TABLES}) == 1
    assert guard._connection().client is TABLES[0]._get_connection().connection.client


def test_it_may_be_done_twice_and_the_tables_still_answer(cloud: Emulator) -> None:
    guard.warm_up()
    guard.warm_up()
    assert channels.find("ch_of_nobody") is None


IN_A_NEW_PROCESS = """
from chalicelib.store import guard
from chalicelib.store.runtime_models import Heartbeat, Node
guard.warm_up()
renewals, others = (table._get_connection().connection.client for table in (Heartbeat, Node))
print(renewals.meta.config.read_timeout, renewals is not others)
"""


def test_renewals_have_a_client_of_their_own_in_a_process_that_begins(emulator: Emulator) -> None:
    """Its time-out lets a renewal that hangs be tried again while the session lasts."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_PROCESS],
        cwd=ROOT,
        env=emulator.env,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == [str(Heartbeat.Meta.read_timeout_seconds), "True"]
