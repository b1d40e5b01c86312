//! Workbooks, tables and papers: plain rows to bytes and back, plain data to PDF and DOCX. This crate knows no other crate of ours, attaches no
//! meaning to cells, and does no IO but reading fonts and templates. Start at `sheet` (reading uploads), `workbook` (writing downloads) and `paper`.

#![deny(clippy::unwrap_used)]

pub mod paper;
pub mod sheet;
pub mod workbook;
