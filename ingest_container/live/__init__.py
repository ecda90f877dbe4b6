"""One broadcast: its connection, its state, what is measured and told of it."""
