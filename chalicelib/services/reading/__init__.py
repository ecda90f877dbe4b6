"""What readers are told: channels, what is live, timelines, refusals."""
