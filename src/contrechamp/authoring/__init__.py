"""From text sources to notebooks in every language: what authors and translators use, never a lesson."""
