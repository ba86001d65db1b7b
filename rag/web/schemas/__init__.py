"""What requests and responses hold, as the OpenAPI page describes it."""
