"""Picture files and pixels: read, write, resize, denoise."""
