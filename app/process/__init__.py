"""The file routes' job: start it on uploads, look how far it is, cancel it."""
