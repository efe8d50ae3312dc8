"""Fitting and measuring the models of sentiment."""
