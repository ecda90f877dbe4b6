"""What a request costs: authentication of a publisher, and the list of live streams."""
