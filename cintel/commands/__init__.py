"""What each ``cintel`` command does, one room a command, imported when it runs."""
