"""What is legal but unwise in a dataset, as figures and as warnings; nothing here refuses a row."""
