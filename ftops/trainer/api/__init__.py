"""OpenAI's routes over the store: what clients send, what they are answered."""
