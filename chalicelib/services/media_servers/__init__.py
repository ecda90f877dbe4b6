"""Publishers on MediaMTX, nginx-rtmp, SRS and OvenMediaEngine."""
