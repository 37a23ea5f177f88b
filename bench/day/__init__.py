"""A day of many page views on K-Blog, simulated: who asks for what, which cache has it, and what is left to be done."""

HOW = "X-Bench"  # the header in which the site says, while the simulation is held against it, how an answer came to be
