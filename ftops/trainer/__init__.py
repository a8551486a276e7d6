"""The training server: a program of its own that speaks the OpenAI API and trains for real."""
