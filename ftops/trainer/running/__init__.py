"""From the queue to a finished model: the scheduler, and the workers it runs."""
