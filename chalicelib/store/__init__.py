"""DynamoDB through pynamodb: the models, and one repository a noun. The only place that knows tables.

Repositories take and give domain objects. They raise `StoreUnavailable` when the database cannot be reached,
and a domain error when a condition does not hold.
"""
