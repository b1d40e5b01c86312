//! The pages, one file a noun.

pub mod accounts;
pub mod activities;
pub mod api;
pub mod applications;
pub mod audit;
pub mod desk;
pub mod evidence;
pub mod health;
pub mod homes;
pub mod honours;
pub mod imports;
pub mod namings;
pub mod people;
pub mod progress;
pub mod public;
pub mod quotas;
pub mod ratings;
pub mod recommendations;
pub mod reviews;
pub mod rounds;
pub mod settings;
pub mod sheets;
pub mod sign_in;
pub mod standard;
pub mod units;
pub mod vetoes;
