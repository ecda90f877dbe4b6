"""Packaging of a live stream for HTTP Live Streaming (RFC 8216bis): RTMP messages in, fMP4 parts and playlists out.

    samples    RTMP video and audio messages -> samples on one clock a stream
    segmenter  samples -> parts and segments, cut on one grid
    fmp4       init segments and fragments as bytes (ISO/IEC 14496-12)
    playlist   multivariant and media playlists as text

All of it is sans-IO: no socket, no file, no clock. The shell around it stores parts, answers requests and names the
time.
"""
