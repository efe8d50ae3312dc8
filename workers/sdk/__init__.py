"""What a system's author uses: predictors, tasks, weights, checkpoints."""
