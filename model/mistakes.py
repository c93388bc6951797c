"""What ends a command with one sentence. Imports nothing."""


class Mistake(Exception):
    """What whoever runs a command can cause; the message says in a sentence what to do."""
