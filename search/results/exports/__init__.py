"""The rows behind what readers take away, read some hundred at a time."""
