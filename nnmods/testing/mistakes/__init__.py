"""The mistakes that `diagnose` knows, by where they are looked for."""
