"""Packaging of a live stream for HTTP Live Streaming (RFC 8216bis): RTMP messages in, fMP4 and playlists out.

    demuxer     RTMP's media events -> tracks and samples
    samples     the encoder's timestamps -> one clock a stream; `sound`: whole frames of audio on it
    segmenter   samples -> `outputs`: parts and segments, cut on one `grid`; `runs`: those that wait for a cut
    fmp4        init segments and fragments (ISO/IEC 14496-12); `codec_names`: what playlists call them
    pieces      the bytes of parts and segments, not put together before somebody asks
    rendition   what viewers see, and what a blocking request gets; `window`: what can be fetched
    cea608      whether pictures carry captions
    playlist    multivariant and media playlists as text

All of that is sans-IO: no socket, no file, no clock. The shell around it:

    packager    feeds it with a session's events, and wakes who waits; `packaging`: all packagers of a node
    thumbnails  whose key frame is decoded next, by the process of `thumbnail_worker` that `thumbnailer` looks after
    audience    counts viewers (pure) from what `viewer_reports` takes
    origin      answers players and CDNs over HTTP, behind `http_server`'s limits
    recorder    hands whole segments to an `archive` for good
"""

from ingest_container import compiled

if (_built := compiled.find("media")) is not None:
    __path__.insert(0, _built)  # before anything else of the package is imported
