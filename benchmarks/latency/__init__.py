"""Glass to glass: how far a viewer's picture is behind what the encoder was given, read from the picture itself."""
