"""Commands about refreshes: the quota, the tasks, refreshes by hand, and the planner."""
