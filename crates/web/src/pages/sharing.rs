//! What unions learn from each other: cases, topics, meetings.

pub mod address;
pub mod case;
pub mod meeting;
pub mod topic;
