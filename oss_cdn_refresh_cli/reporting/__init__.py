"""A report of the function's log: its figures, and one page of HTML that shows them."""
