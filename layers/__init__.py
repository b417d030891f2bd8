"""The packages that the functions need at run time, and how they become a layer."""
