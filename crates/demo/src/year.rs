pub mod activity;
pub mod fact;
pub mod subject;
