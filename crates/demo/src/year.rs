pub mod activity;
pub mod document;
pub mod fact;
pub mod oddity;
pub mod statement;
pub mod subject;
