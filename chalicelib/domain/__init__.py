"""Rules without AWS, I/O, clock or randomness: time and randomness are arguments.

Times are integers, milliseconds since the Unix epoch (UTC), unless a name says otherwise.
"""
