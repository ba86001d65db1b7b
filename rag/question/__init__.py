"""Reading a question: what it asks, by the light of the conversation before it."""
