"""Words to calls, results to exit codes."""
