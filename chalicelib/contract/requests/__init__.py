"""The bodies and queries that our API accepts. What media servers send is in `api.hooks`: those formats are theirs."""
