"""What every room needs of the machine: locks, files, processes, logs, metrics, raw SQL."""
