//! Workbooks and tables: plain rows in, bytes out, and back. It knows no other crate of ours, decides nothing about what the cells
//! mean, and does no IO. Start at `sheet` (reading what people upload) and `workbook` (writing what they download).

#![deny(clippy::unwrap_used)]

pub mod sheet;
pub mod workbook;
