//! Workbooks and tables: plain rows to bytes and back. This crate knows no other crate of ours, attaches no meaning to cells, and does no IO. Start
//! at `sheet` (reading uploads) and `workbook` (writing downloads).

#![deny(clippy::unwrap_used)]

pub mod sheet;
pub mod workbook;
