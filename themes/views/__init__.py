"""The pages of the top floor: HTTP only. Every child is looked up inside the member's own review."""
