//! What every area stands on.

pub mod audit;
pub mod count;
pub mod day;
pub mod export;
pub mod guess;
pub mod identity;
pub mod ids;
pub mod imprint;
pub mod job;
pub mod message;
pub mod paper;
pub mod place;
pub mod policy;
pub mod post;
pub mod proof;
pub mod provider;
pub mod refusal;
pub mod text;
pub mod width;
