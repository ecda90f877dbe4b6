"""The stream key in what an encoder sends as application and stream name.

People paste more than the key into the encoder's key field, or the key into its server field:

    server field            key field                    application   stream name
    rtmp://host/live        KEY                          live          KEY
    rtmp://host/live        /KEY, "KEY ", KEY%20         live          as it is
    rtmp://host/live        rtmp://host/live/KEY         live          as it is
    rtmp://host             live/KEY                     (empty)       live/KEY
    rtmp://host/live/KEY    (empty)                      live/KEY      (empty)
    rtmp://host/live?a=b    KEY                          live?a=b      KEY
    rtmp://host/live        mp4:KEY                      live          mp4:KEY
    rtmp://host/live        KEY?test=1                   live          KEY?test=1

Flash Media Server's own forms are known as well: `live/_definst_` is the application's default instance, and `mp4:` or
`flv:` before a stream's name says which file it would be recorded to.

Where only one part of it can be the key, that part is taken. Nothing of it is ever repeated in an error.

`?test=1` behind the key asks for a test stream, and so does Twitch's `?bandwidthtest=true`. Other parameters are not
ours.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from chalicelib.domain.keys import is_well_formed
from chalicelib.domain.refusals import KeyMalformed, KeyMissing, WrongApplication

_SCHEME = re.compile(r"rtmps?://[^/]*", re.IGNORECASE)
# Spaces of all kinds, and what editors, chats and programs leave around a copied text: quotes, zero-width characters, a
# byte order mark, marks of the writing direction, the zero that ends a string in C.
_QUOTES = "\"'`<>\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e"
_AROUND = f"{_QUOTES}\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\0"
_DEFAULT_INSTANCE = "_definst_"
_FILE_KIND = re.compile(r"^(?:mp4|flv):")
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
MOST_POSSIBLE = 2  # of those that look like a key; each one costs a look-up
_TEST_PARAMETERS = frozenset({"test", "bandwidthtest"})
_NO_TEST = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class PublishName:
    """What an encoder asks to publish. `is_test`: to nobody but its owner."""

    stream_key: str
    is_test: bool = False


def asks_for_test(query: str) -> bool:
    """Whether a publisher's query (`a=b&c=d`) asks for a test stream. In doubt it does: nothing is shown by mistake."""
    pairs = ((name.strip().lower(), value.strip().lower()) for name, value in parse_qsl(query, keep_blank_values=True))
    return any(name in _TEST_PARAMETERS and value not in _NO_TEST for name, value in pairs)


def publish_name(application: str, stream_name: str, expected: str, query: str = "") -> PublishName:
    """The key as it was meant; whether it is a good one is for admission to say.

    `expected` is the application of the ingest URL; `query` is what followed the stream name, if that was taken apart
    already. Raises WrongApplication, KeyMissing, KeyMalformed.
    """
    application, _, of_application = application.partition("?")
    name, _, of_name = _trimmed(stream_name).partition("?")
    is_test = any(map(asks_for_test, (of_application, of_name, query)))
    return PublishName(_stream_key(application, name, expected), is_test)


def _stream_key(application: str, stream_name: str, expected: str) -> str:
    in_application = [part for part in _parts(application) if part != _DEFAULT_INSTANCE]
    in_name = _parts(_FILE_KIND.sub("", _without_server(_trimmed(stream_name)), count=1))
    if in_application[:1] == [expected]:
        in_application = in_application[1:]
        if in_name[:1] == [expected] and len(in_name) > 1:
            in_name = in_name[1:]
    elif not in_application and in_name[:1] == [expected]:
        in_name = in_name[1:]
    else:
        raise WrongApplication()
    found = list(dict.fromkeys(in_application + in_name))
    if not found or (found == [expected] and not in_application and _is_url(stream_name)):
        raise KeyMissing()
    if in_application and in_name and len(found) > 1:
        raise WrongApplication()
    if len(found) > 1 or _is_url(found[0]):
        raise KeyMalformed()
    return found[0]


def possible_keys(application: str, stream_name: str) -> list[str]:
    """What looks like a key in either, for a publisher who is refused whichever it is: whose it may be."""
    words = _NO_WORD.split(f"{unquote(stream_name)} {unquote(application)}")
    return [word for word in dict.fromkeys(words) if is_well_formed(word)][:MOST_POSSIBLE]


def _is_url(text: str) -> bool:
    return "://" in text


def _without_server(text: str) -> str:
    """A URL's path; anything else as it is."""
    return _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text


def _parts(text: str) -> list[str]:
    if _is_url(text):
        return [text]
    return [part for part in (_trimmed(part) for part in text.split("/")) if part]


def _trimmed(text: str) -> str:
    """Without spaces and the like at both ends, also where they are percent-encoded."""
    decoded = unquote(text) if "%" in text else text
    while (shorter := decoded.strip().strip(_AROUND)) != decoded:
        decoded = shorter
    return decoded
