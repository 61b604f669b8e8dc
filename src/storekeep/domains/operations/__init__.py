"""Operations: jobs, dead letters and live news, for the people who keep things running."""
