"""Use cases. Both planes call them; they know the rules (`domain`) and the tables' repositories (`store`)."""
