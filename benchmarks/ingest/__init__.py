"""What it costs to take in RTMP streams: our node beside nginx-rtmp, pyrtmp and a loop that only reads."""
