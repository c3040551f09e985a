"""What the people of the journeys do, one noun a file. Each step leaves its person on the page it led to."""
