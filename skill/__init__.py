"""What assistants and phones talk to: the command line, later the dialog, the page and the queue."""
