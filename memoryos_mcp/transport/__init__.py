"""How clients reach the server: stdio and HTTP."""
