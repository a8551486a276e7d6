"""The training server: a separate program that speaks the OpenAI API over HTTP and trains for real."""
