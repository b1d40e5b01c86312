pub mod activity;
pub mod fact;
pub mod statement;
pub mod subject;
