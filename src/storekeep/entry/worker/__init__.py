"""The worker process: wakes up for jobs, sweeps for forgotten ones, and ticks the rooms' schedules."""
