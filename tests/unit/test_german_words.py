"""The German page translates what the server says by its English sentence: each has to be one that the server says."""

import re

from chalicelib.domain.refusals import every_refusal
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, HANDED_OVER, NOT_TAKEN_UP
from local.settings import ROOT

GERMAN = ROOT / "dashboard" / "src" / "words" / "server.de.ts"
FIRST_KEY_FRAME = "Your encoder is connected. Waiting for its first key frame."


def test_each_end_of_a_stream_is_translated_and_nothing_else_is_kept() -> None:
    translated = {
        quoted or unquoted
        for unquoted, quoted in re.findall(r"^    (?:\"(.+?)\"|'(.+?)'):(?: |$)", GERMAN.read_text(), re.M)
    }
    ends = {*END_REASON_TEXT.values(), *filter(None, END_REASON_ACTION.values()), HANDED_OVER, NOT_TAKEN_UP}
    refusals = {text for refusal in every_refusal() for text in (refusal.title, refusal.action)}
    assert ends - translated == set()
    assert translated - ends - refusals == {FIRST_KEY_FRAME}
