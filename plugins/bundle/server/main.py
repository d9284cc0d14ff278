"""What a bundle starts: the server, once `uv` has installed the package that lies beside this folder."""

from memoryos_mcp.__main__ import run

if __name__ == "__main__":
    run()
