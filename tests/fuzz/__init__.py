"""Everything that reads bytes from strangers, fed with bytes that no encoder would send."""
