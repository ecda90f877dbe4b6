"""Events to other systems: endpoints, deliveries, the sender."""
