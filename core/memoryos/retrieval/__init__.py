"""From a query to the pages and facts that bear on it."""
