"""How soon the pages of the dashboard are there."""
