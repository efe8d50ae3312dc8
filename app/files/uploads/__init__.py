"""Uploaded files: received as they stream in, kept under a name of ours, erased when their time is over."""
