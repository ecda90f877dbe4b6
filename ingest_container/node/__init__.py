"""The process: run and stop, admission, its place in the fleet."""
