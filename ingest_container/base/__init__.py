"""What every part of the node uses: settings, clock, threads, retry."""
