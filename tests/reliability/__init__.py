"""What must survive: each module tries one recipe on the real server and prints its figures."""
