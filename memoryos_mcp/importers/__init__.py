"""Exchanges from elsewhere: the file formats that the import reads."""
