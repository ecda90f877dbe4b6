"""Domain objects, as services read them, into the shapes of `chalicelib.contract`."""
