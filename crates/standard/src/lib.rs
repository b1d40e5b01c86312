//! The programme's standard as data: load a folder, judge a subject by it, explain the verdict, judge columns of subjects at once,
//! change a standard and compare what it comes to. Nothing here is
//! specific to one programme. The crate does no IO except reading a standard's folder, and has no clock: the as-of day is a parameter. Start at
//! [`programme::Standard`], then [`judge::judge`], whose result is the explanation; `docs/standard-format.md` describes the folder.

#![deny(clippy::unwrap_used)]

mod excerpt;
mod mistyped;
mod spelling;
mod spoken;
mod strict_json;

pub mod amendment;
pub mod batch;
pub mod cases;
pub mod check;
pub mod columns;
pub mod compare;
pub mod division;
pub mod explain;
pub mod fact;
pub mod figure;
pub mod judge;
pub mod judgement;
pub mod keyed;
pub mod kinds;
pub mod load;
pub mod period;
pub mod programme;
pub mod subject;
pub mod subject_line;
pub mod subsidy;
pub mod text;
pub mod what_if;
pub mod working_days;

// The three names that every other crate uses.
pub use crate::programme::Standard;
pub use crate::text::{Lang, Text};
