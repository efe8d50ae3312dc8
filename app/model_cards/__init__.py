"""The models' cards: what each version is, was measured to do, and does not know."""
