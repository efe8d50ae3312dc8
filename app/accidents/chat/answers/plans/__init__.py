"""What a reading asks for as queries, and what they gave."""
