"""Commands about refreshes: the quota, the tasks, refreshes by hand, the planner, and the report."""
