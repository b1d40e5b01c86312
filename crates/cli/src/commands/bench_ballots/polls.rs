//! The polls that ballots are cast in: open, with slips, at unions that have only a name.

use anyhow::{Result, ensure};
use jianjia_app::{core::app::App, exchange::verification};
use jianjia_demo::testing::polling::{self, Booth};
use jianjia_store::rating::{poll, slip};

use crate::output::tell;

/// Opens polls and makes slips for them, `slips` in all.
///
/// # Errors
/// If they can't be written.
pub async fn make(app: &App, unions: usize, slips: usize) -> Result<Vec<Booth>> {
    let each = slips.div_ceil(unions.max(1));
    let mut booths = Vec::with_capacity(unions);
    for _ in 0..unions.div_ceil(TOGETHER) {
        let count = TOGETHER.min(unions - booths.len());
        booths.extend(polling::booths(app, count, each).await?);
    }
    Ok(booths)
}

/// Polls per transaction.
const TOGETHER: usize = 1_000;

/// The form that a voter's browser submits.
pub fn form(booth: &Booth, code: &str, number: usize) -> String {
    let grade = ["satisfied", "basically_satisfied", "dissatisfied"][number % 3];
    format!(
        "kiosk=&poll={}&code={code}&object0={grade}&object1={grade}&object2={grade}&object3={grade}&suggestion=",
        booth.poll
    )
}

/// Checks that every acknowledged ballot is in its box, once.
///
/// # Errors
/// If the numbers do not balance: then the measurement is worthless.
pub async fn check(app: &App, acknowledged: usize) -> Result<()> {
    let faults = verification::verify(app).await?.faults;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    let mut tx = app.db.read().await?;
    let (mut kept, mut last) = (0, None);
    loop {
        let polls = poll::after(&mut tx, last.as_ref(), 1000).await?;
        let Some(end) = polls.last() else { break };
        last = Some(end.id);
        for found in &polls {
            let (phone, kiosk) = slip::turnout(&mut tx, &found.id).await?;
            kept += phone + kiosk;
        }
    }
    ensure!(
        kept == i64::try_from(acknowledged)?,
        "{acknowledged} ballots were acknowledged, {kept} lie in the boxes"
    );
    tell!("{kept} ballots acknowledged, {kept} in the boxes; every account balances");
    Ok(())
}
