"""ftops-nano: a tiny language model in numpy for trying the whole workflow; not for production."""
