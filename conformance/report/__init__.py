"""What came of a run, for people and for programs: one model, and a way to show it for each reader."""
