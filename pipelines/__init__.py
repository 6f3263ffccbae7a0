"""Ways to run the analyzer."""
