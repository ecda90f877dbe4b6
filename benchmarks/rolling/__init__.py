"""What streams notice when all nodes are replaced."""
