"""What is promised of the site when machines, disks and clocks fail: one module a recipe, each with its figures."""
