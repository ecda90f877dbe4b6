"""One live stream: its connection, its state, its steps, its measures, and what is reported of it."""
