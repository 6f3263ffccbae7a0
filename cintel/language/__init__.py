"""What turns mean: one shared sentence encoder, small heads on it, and rules for personal data."""
