"""Seeds: small files in `corpus/<target>/`, each named for what it holds. `python -m tests.fuzz.seeds` makes them anew.

What a fuzzer found once belongs there, too, under a name that says what it was.
"""

from pathlib import Path

from ingest_container.rtmp.amf0 import Date, encode
from tests.support.rtmp_peer import AVC_RECORD, RtmpPeer, chunk, ecma_array, message
from tests.unit.rtmp.fixtures import enhanced_tags, recordings, sequence_headers

FOLDER = Path(__file__).parent / "corpus"
HANDSHAKE_BYTES = 1 + 2 * 1536


def corpus(target: str) -> dict[str, bytes]:
    """The target's seeds by name."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / target).iterdir())}


def _commands() -> bytes:
    """connect, createStream and publish of the peer, and a little media, all in chunks of 128 bytes."""
    peer = RtmpPeer(chunk_size=128)
    return (
        peer.connect(fourCcList=["hvc1"], capsEx=15.0)
        + peer.create_stream()
        + peer.publish()
        + peer.metadata()
        + peer.sequence_headers()
        + peer.video(0, keyframe=True, size=300)
        + peer.audio(5)
        + peer.unpublish()
    )


def _made() -> dict[str, dict[str, bytes]]:
    headers, tags = sequence_headers(), enhanced_tags()
    aggregate = b"\x09\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x17\x01" + bytes(4)
    opening = {name: data[HANDSHAKE_BYTES : HANDSHAKE_BYTES + 1200] for name, data in recordings().items()}
    cut = {name: data for name, data in opening.items() if name in ("obs", "gstreamer", "enhanced_multitrack")}
    tracks = b"\x96\x21hvc1\x00\x00\x00\x04\x00\x00\x00a" + b"avc1\x01\x00\x00\x01b"
    return {
        "chunks": {
            "commands": b"\x07" + _commands(),
            "extended_time": b"\x03" + message(4, 9, bytes(300), time=0xFFFFFF, stream_id=1),
            "wide_ids": b"\x05" + chunk(0, 64, b"ab", length=2, type_id=8) + chunk(0, 400, b"ab", length=2, type_id=8),
            "short_headers": b"\x02"
            + chunk(0, 5, b"a", length=1, type_id=8)
            + chunk(1, 5, b"bc", time=9, length=2, type_id=9)
            + chunk(2, 5, b"de", time=9)
            + chunk(3, 5, b"fg"),
            "size_and_abort": b"\x00"
            + message(2, 1, b"\x00\x00\x00\x02")
            + chunk(0, 6, b"xy", length=9, type_id=8)
            + message(2, 2, b"\x00\x00\x00\x06"),
        },
        "amf0": {
            "connect": encode("connect", 1.0, {"app": "live", "fourCcList": ["*"], "capsEx": 15.0}),
            "metadata": encode("@setDataFrame", "onMetaData")
            + ecma_array({"width": 1.0, "stereo": True, "none": None}),
            "date_and_long_string": encode(Date(1.5), "x" * 66_000)[:2_000],
            "typed_object": b"\x10\x00\x01c\x00\x01a\x05\x00\x00\x09" + b"\x0d\x06\x0f\x00\x00\x00\x01x\x11\x01",
        },
        "parameter_sets": {
            **{
                f"h264_{name}": bytes.fromhex(entry["header"])[8:]
                for name, entry in headers.items()
                if "width" in entry
            },
            **{f"hevc_{index}": unit for index, unit in enumerate(_hevc_units(tags))},
        },
        "codecs": {
            **{f"{name}_header": bytes.fromhex(entry["header"])[5:] for name, entry in tags.items()},
            **{f"{name}_frame": bytes.fromhex(entry["frame"])[5:37] for name, entry in tags.items()},
            "avc": AVC_RECORD,
            "aac": bytes.fromhex("119056e500"),
            "aac_parametric_stereo": bytes.fromhex("138856e5a54880"),
            "aac_program_config": bytes.fromhex(headers["aac_48k_program_config"]["header"]),
        },
        "tags": {
            **{f"{name}_frame": bytes.fromhex(entry["frame"])[:24] for name, entry in tags.items()},
            "avc": b"\x17\x01\x00\x00\x50\x00\x00\x00\x01\x65",
            "aac": b"\xaf\x01\x21",
            "modifier": b"\x97\x02\x00\x00\x09\x03hvc1x",
            "long_modifier": b"\x97\xff\x01\x00" + bytes(257) + b"\x01av01x",
            "several_tracks": b"\x96\x10hvc1\x00\x00\x00\x01a\x01\x00\x00\x01b",
            "several_codecs": tracks,
            "several_sounds": b"\x95\x21Opus\x00\x00\x00\x01amp4a\x01\x00\x00\x01b",
        },
        "session": {
            "commands": b"\x01" + _commands(),
            "refused": b"\x00" + _commands(),
            "aggregate": b"\x01" + _commands() + message(4, 22, aggregate, stream_id=1),
            **{name: b"\x01" + data for name, data in cut.items()},
        },
        "proxy": {
            "v1": b"PROXY TCP4 203.0.113.7 10.0.0.1 40000 1935\r\n\x03",
            "v2": b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(range(12)) + b"\x03",
            "v2_ipv6": b"\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x28" + bytes(range(40)),
        },
    }


def _hevc_units(tags: dict[str, dict[str, str]]) -> list[bytes]:
    """The sequence parameter sets of all HEVC headers."""
    units = []
    for name, entry in tags.items():
        if name.startswith("hevc"):
            record = bytes.fromhex(entry["header"])[5:]
            start = record.index(b"\x42\x01\x01")
            units.append(record[start : start + int.from_bytes(record[start - 2 : start], "big")])
    return units


def main() -> None:
    for target, seeds in _made().items():
        folder = FOLDER / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in seeds.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
