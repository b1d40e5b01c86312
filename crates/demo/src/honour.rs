pub mod title;
