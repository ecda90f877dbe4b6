"""What packaging for HLS costs a node, beside nginx-rtmp's; and how many viewers its origin answers in time."""
