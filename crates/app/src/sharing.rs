//! What unions learn from each other: cases, topics, meetings.
