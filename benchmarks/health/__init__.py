"""What the rules of stream health say of real encoders: of clean streams in the long run, and of each fault."""
