"""The German page translates what the server says by its English sentence, so it has to know each."""

import ast
import inspect
import re

from chalicelib.domain import health_advice, health_rules
from chalicelib.domain.findings import FindingCode
from chalicelib.domain.refusals import every_refusal
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


def test_each_refusal_is_translated_with_what_to_do() -> None:
    refusals = every_refusal()
    assert {text for refusal in refusals for text in (refusal.title, refusal.action)} - translated() == set()


def test_charts_name_findings_as_the_server_does() -> None:
    titles = (WORDS / "charts.ts").read_text().partition("findingTitles")[2].partition("};")[0]
    assert dict(re.findall(r'^  (\w+): "(.+)",$', titles, re.M)) == {
        code.value: health_advice.title(code) for code in FindingCode
    }


def test_each_word_of_a_finding_s_figures_is_translated() -> None:
    table = (WORDS / "phrases.de.ts").read_text().partition("const figures")[2]
    known = re.findall(r"[A-Za-z-]+", " ".join(re.findall(r"^  \[/(.+?)/g?,", table, re.M)).replace("\\/", "/"))
    assert _words_of_symptoms() - set(known) - {"fps", "kbit", "Hz", "aac"} == set()


def _words_of_symptoms() -> set[str]:
    symptoms = [
        call
        for call in ast.walk(ast.parse(inspect.getsource(health_rules)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Symptom"
    ]
    parts = [part for call in symptoms for text in call.args[1:] for part in ast.walk(text)]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    assert len(texts) > 40
    return {word for text in texts for word in re.findall(r"[A-Za-z-]{2,}", text)}
