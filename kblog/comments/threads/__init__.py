"""Threads to read: which comments stand on which page, and how they stand under each other."""
