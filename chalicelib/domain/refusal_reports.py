"""Which refusals of publishers are reported one by one, on an ingest node and on a media server.

Being refused costs a peer nothing, so reports are limited in rate. Those beyond it are counted, and the count is
reported.
"""

from chalicelib.domain.rates import Rate

OF_CHANNEL = Rate(every=1_000, burst=3)  # that its owner's dashboard shows
EVENTS = Rate(every=50, burst=100)  # of all channels, from one node or server
RECORDS = Rate(every=100, burst=50)  # audit records of one node or server

SUMMARY = "refusals"  # the kind of a summary's timeline entry
