"""Every bound the RTMP core sets on a peer, each with its reason.

The defaults suit real encoders (OBS, FFmpeg, GStreamer, hardware boxes) with room to spare. A peer that passes one of
them is broken or hostile, and is failed before it costs memory or time.
"""

from dataclasses import dataclass

# --- chunk layer -----------------------------------------------------------------------------------------------

# A 4K keyframe at 60 Mbit/s is about 2 MB. The wire allows 16 MiB, which a thousand peers must not make us hold.
MAX_MESSAGE_BYTES = 8 * 1024 * 1024

# Before the key is accepted nothing large is due: connect takes about 500 bytes. Leaves room for an encoder that does
# not wait for Publish.Start and already sends a keyframe, and little for an anonymous peer to fill. Also bounds all of
# its unfinished messages together.
MAX_MESSAGE_BYTES_BEFORE_PUBLISH = 256 * 1024

# Declared sizes of all messages under way at once, over all chunk streams: one large video message plus interleaved
# audio, data and control messages.
MAX_PARTIAL_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024

# Encoders use two to eight chunk streams. Each one costs us an object that lives as long as the connection.
MAX_CHUNK_STREAMS = 64

DEFAULT_CHUNK_SIZE = 128  # until Set Chunk Size says otherwise (RTMP 1.0, 5.4.1)
# The message length is a 24-bit field, so a larger chunk size than this changes nothing (RTMP 1.0, 5.4.1).
MAX_CHUNK_SIZE = 0xFFFFFF

# --- AMF0 ------------------------------------------------------------------------------------------------------

# connect and onMetaData nest two deep; Enhanced RTMP's maps three. Python's own stack is far deeper.
MAX_AMF_DEPTH = 16

# onMetaData of OBS has about 25 entries; a strict array of 4-byte values could otherwise hold a whole message of them.
MAX_AMF_ENTRIES = 1024

# A longer string is no name, URL or setting.
MAX_AMF_STRING_BYTES = 64 * 1024

# --- commands and data -----------------------------------------------------------------------------------------

# The largest real command (connect with Enhanced RTMP's maps) is below 4 KiB.
MAX_COMMAND_BYTES = 64 * 1024

# onMetaData is 400 to 900 bytes in practice; larger ones are left unread, the media goes on.
MAX_METADATA_BYTES = 64 * 1024

# Our keys have 40 characters. A longer name or query is cut here: it can match no key, and admission still gets to
# refuse it in words the encoder shows.
MAX_STREAM_NAME_CHARS = 256
MAX_QUERY_CHARS = 1024

# Message streams that a connection may have open at once; encoders have one.
MAX_MESSAGE_STREAMS = 8

# Configuration (metadata and sequence headers) of an encoder that does not wait for Publish.Start, kept until the
# key is accepted, because it is sent only once. Frames are not kept. Encoders send three such messages, or two for each
# track.
MAX_EARLY_BYTES = 64 * 1024
MAX_EARLY_MESSAGES = 64

# Sub-messages in one aggregate message; senders that use them pack about a second of media.
MAX_AGGREGATE_PARTS = 1024

# Tracks in one message of several; real senders have two or three. A message with more is left unread.
MAX_TRACKS = 32

# Modifiers (ModEx) in front of one Enhanced RTMP packet. One is defined so far.
MAX_MODIFIERS = 8

# All that a connection may send until its key is accepted: an encoder that does not wait for the answer to publish
# sends 10 s of 12 Mbit/s in this. Encoders that wait send less than 10 KB.
MAX_BYTES_BEFORE_PUBLISH = 16 * 1024 * 1024

# Bytes to be received for each acknowledgement of 16 bytes, whatever window the peer asks for: what we write back stays
# below 4 % of what comes. A window below this one is smaller than a frame of any picture.
MIN_ACKNOWLEDGED_BYTES = 512

# --- work ------------------------------------------------------------------------------------------------------

# What `work.py` counts; a unit is about a microsecond. Encoders that wait for the answer to publish need about 1,500
# units until it comes. One that does not sends 110 messages a second (60 frames, 50 packets of sound), at 4 units each,
# and a header more for each of our reads: 10 s of it are 5,000 to 8,000.
MAX_WORK_BEFORE_PUBLISH = 16_384
# A second, while the answer is awaited: a publisher that waits for a place goes on sending.
WORK_RATE_BEFORE_PUBLISH = 500

# Of a publisher, a second: 240 frames and 100 packets of sound need 2,000 even where each one is read.
PUBLISHER_WORK_RATE = 10_000
# At once: a minute of media that a broken link held back.
PUBLISHER_WORK_BURST = 20_000
# Media pays for itself, whatever it is cut into: chunks of 128 bytes that are read one by one need half of this.
MEDIA_BYTES_A_UNIT = 64

# --- deadlines, seconds ----------------------------------------------------------------------------------------

# Three exchanges of 1.5 KB: two round trips even over a satellite are below 2 s. Past it, the peer is not RTMP.
HANDSHAKE_SECONDS = 10.0

# connect follows the handshake at once; 10 s leaves room for lost packets and retransmission.
CONNECT_SECONDS = 10.0

# createStream and publish follow in one more round trip.
PUBLISH_SECONDS = 10.0

# A refused encoder closes within milliseconds of reading the reason. Closing first could reset the connection and
# destroy the reason unread; waiting longer would hold a place for an encoder that hangs.
REFUSAL_LINGER_SECONDS = 2.0

# --- what we tell the peer -------------------------------------------------------------------------------------

# Our own Set Chunk Size, which FFmpeg mirrors to its output: most messages then are one chunk, read by one copy.
# 65536 is also the largest that GStreamer's rtmp2sink takes. A sender writes whole messages in turn, so the size
# delays no audio behind video.
OUTGOING_CHUNK_SIZE = 65536

# Window Acknowledgement Size and Set Peer Bandwidth: the customary value. We send far less than one window; what the
# encoder sends is acknowledged by it, whether the encoder names a window of its own or not: some wait for that.
WINDOW_ACKNOWLEDGEMENT_SIZE = 2_500_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one session; sizes in bytes, times in seconds. Tests and operators may narrow them."""

    max_message_bytes: int = MAX_MESSAGE_BYTES
    max_message_bytes_before_publish: int = MAX_MESSAGE_BYTES_BEFORE_PUBLISH
    max_partial_bytes: int = MAX_PARTIAL_BYTES
    max_chunk_streams: int = MAX_CHUNK_STREAMS
    max_amf_depth: int = MAX_AMF_DEPTH
    max_amf_entries: int = MAX_AMF_ENTRIES
    max_amf_string_bytes: int = MAX_AMF_STRING_BYTES
    max_command_bytes: int = MAX_COMMAND_BYTES
    max_metadata_bytes: int = MAX_METADATA_BYTES
    max_stream_name_chars: int = MAX_STREAM_NAME_CHARS
    max_query_chars: int = MAX_QUERY_CHARS
    max_message_streams: int = MAX_MESSAGE_STREAMS
    max_early_bytes: int = MAX_EARLY_BYTES
    max_early_messages: int = MAX_EARLY_MESSAGES
    max_aggregate_parts: int = MAX_AGGREGATE_PARTS
    max_tracks: int = MAX_TRACKS
    max_bytes_before_publish: int = MAX_BYTES_BEFORE_PUBLISH
    min_acknowledged_bytes: int = MIN_ACKNOWLEDGED_BYTES
    max_work_before_publish: int = MAX_WORK_BEFORE_PUBLISH
    work_rate_before_publish: int = WORK_RATE_BEFORE_PUBLISH
    publisher_work_rate: int = PUBLISHER_WORK_RATE
    publisher_work_burst: int = PUBLISHER_WORK_BURST
    media_bytes_a_unit: int = MEDIA_BYTES_A_UNIT
    handshake_seconds: float = HANDSHAKE_SECONDS
    connect_seconds: float = CONNECT_SECONDS
    publish_seconds: float = PUBLISH_SECONDS
    refusal_linger_seconds: float = REFUSAL_LINGER_SECONDS
