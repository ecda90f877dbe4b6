"""What every part of the node stands on: settings, clock, threads."""
