"""What several test files share and no fixture is: made-up data, servers, the browser."""
