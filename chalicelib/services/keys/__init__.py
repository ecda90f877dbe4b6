"""Stream keys: made, kept, shown, revoked."""
