"""A stream from claim to end, and the nodes that carry streams."""
