"""The HTTP service: FastAPI over `rag.service.Service`."""
