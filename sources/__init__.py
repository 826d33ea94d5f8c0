"""What the world says: one module a publisher, each giving the same tidy columns."""
