"""Makes the sample calls and chats from the dialogues in `scripts/`."""
