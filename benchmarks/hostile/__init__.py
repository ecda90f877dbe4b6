"""What hostile input costs: a search for the dearest bytes, and what a live stream beside a flood notices."""
