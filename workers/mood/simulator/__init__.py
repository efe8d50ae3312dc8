"""A simulated cohort of people with mood disorders: no labelled days of mania can be had to train on."""
