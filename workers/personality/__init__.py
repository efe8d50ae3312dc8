"""The computing side of personality: from pictures and clips to the impression that faces make."""
