"""The read side: channels, what is live, timelines, refusals."""
