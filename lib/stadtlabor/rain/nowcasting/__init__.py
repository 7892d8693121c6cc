"""Nowcasting: motion, the champion, its challengers, and what they mean for a place or a tile."""
