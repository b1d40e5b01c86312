//! 测评票: each with its code, to be cut. Codes are known while a sheet is made and never again, so this paper is of no address.

use jianjia_domain::rating::poll::slip::printed;
use jianjia_standard::Lang;
use jianjia_words::format;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{app::App, error::Result, paper::Sheet},
    rating::slip::SlipSheet,
};

#[derive(Serialize)]
struct Slips {
    union: String,
    year: i16,
    printed_on: Date,
    until: Option<String>,
    slips: Vec<Slip>,
}

#[derive(Serialize)]
struct Slip {
    code: String,
    link: String,
}

/// Slips just made. `scanned` is the address that a code's QR leads to.
///
/// # Errors
/// As `Sheet::of`.
pub fn sheet(app: &App, made: &SlipSheet, scanned: impl Fn(&str) -> String) -> Result<Sheet> {
    let poll = &made.poll;
    let closes_on = poll.plan.closes_on;
    let slips = made.codes.iter().map(|code| Slip {
        code: printed(code),
        link: scanned(code),
    });
    let slips = Slips {
        union: poll.unit_name.clone(),
        year: poll.year,
        printed_on: app.clock.today(),
        until: closes_on.map(|day| format::day(Lang::Zh, day)),
        slips: slips.collect(),
    };
    let whose = format!(
        "{} {}年第{}批",
        poll.unit_name, poll.year, made.batch.number
    );
    Sheet::of("slips", whose, &slips)
}
