pub mod city;
pub mod day;
pub mod draw;
pub mod pools;
