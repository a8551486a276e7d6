"""`/v1/fine_tuning/alpha/graders`: scores for answers."""
