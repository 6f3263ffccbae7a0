"""Sample calls and chat logs with their truth; `make/` is how they were made."""
