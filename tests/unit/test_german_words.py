"""The German page translates what the server says by its English sentence, so it has to know each."""

import re

from chalicelib.domain import health_advice
from chalicelib.domain.findings import FindingCode
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, HANDED_OVER, NOT_TAKEN_UP
from local.settings import ROOT

WORDS = ROOT / "dashboard" / "src" / "words"
GERMAN = WORDS / "server.de.ts"


def translated() -> set[str]:
    found = re.findall(r"^    (?:\"(.+?)\"|'(.+?)'):(?: |$)", GERMAN.read_text(), re.M)
    return {double or single for double, single in found}


def test_each_end_of_a_stream_is_translated() -> None:
    ends = {*END_REASON_TEXT.values(), *filter(None, END_REASON_ACTION.values()), HANDED_OVER, NOT_TAKEN_UP}
    assert ends - translated() == set()


def test_each_finding_is_translated_with_its_advice_for_obs_ffmpeg_and_encoders_in_general() -> None:
    advice = {health_advice.title(code) for code in FindingCode}
    advice |= {health_advice.action(code, encoder) for code in FindingCode for encoder in (None, "Lavf", "obs")}
    assert advice - translated() == set()


def test_charts_name_findings_as_the_server_does() -> None:
    titles = (WORDS / "charts.ts").read_text().partition("findingTitles")[2].partition("};")[0]
    assert dict(re.findall(r'^  (\w+): "(.+)",$', titles, re.M)) == {
        code.value: health_advice.title(code) for code in FindingCode
    }
