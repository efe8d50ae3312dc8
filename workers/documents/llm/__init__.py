"""A language model that reads documents too, where a job asks for it; what it says is held to the text."""
