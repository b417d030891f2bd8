"""Templates read as Serverless Devs and ROS read them."""
