"""The process: start and stop, admission, membership of the fleet."""
