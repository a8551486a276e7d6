"""How to train and answer: one recipe per folder or file behind one Protocol."""
