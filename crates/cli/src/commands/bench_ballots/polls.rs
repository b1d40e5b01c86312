//! The polls that the ballots are cast in: open, with slips, at unions that need no more than a name.

use anyhow::{Result, ensure};
use jianjia_app::{app::App, locks, verification};
use jianjia_domain::{
    ids::{PollId, SlipBatchId, UnitId},
    poll::{GroupMember, Plan, Poll, PollState, slip::SlipBatch},
};
use jianjia_store::{poll, slip};
use jiff::civil::date;

/// A poll and the codes of its slips.
pub struct Booth {
    poll: PollId,
    pub codes: Vec<String>,
}

/// Opens polls and makes slips for them, so many in all.
///
/// # Errors
/// When they can't be kept.
pub async fn make(app: &App, unions: usize, slips: usize) -> Result<Vec<Booth>> {
    let each = slips.div_ceil(unions.max(1));
    let now = app.now();
    let group: Vec<GroupMember> = ["party", "union", "members"]
        .into_iter()
        .zip(["甲", "乙", "丙"])
        .map(|(side, name)| GroupMember {
            name: name.to_owned(),
            side: side.to_owned(),
        })
        .collect();
    let mut booths = Vec::with_capacity(unions);
    let mut tx = app.db.write("ballots").await?;
    for number in 0..unions {
        let id = PollId(app.entropy.id(now));
        let (lock, _) = locks::make(&app.entropy, &id, 1, group.len(), 2)?;
        let made = Poll {
            id,
            unit: UnitId(app.entropy.id(now)),
            unit_path: format!("/1/{number}/"),
            unit_name: format!("第 {number} 工会"),
            year: 2016,
            state: PollState::Open,
            plan: Plan {
                roll: i64::try_from(each)?,
                has_list: false,
                leaders: vec!["主席".to_owned(), "副主席".to_owned()],
                group: group.clone(),
                closes_on: Some(date(2016, 12, 31)),
            },
            slips_by_upper: false,
            standard: app.standard.version.clone(),
            lock: Some(lock),
            signatures: Vec::new(),
            record: None,
            prepared_at: now,
            opened_at: Some(now),
            closed_at: None,
            counted_at: None,
            signed_at: None,
            ended_because: String::new(),
            changed_at: now,
        };
        poll::insert_many(&mut tx, std::slice::from_ref(&made)).await?;
        let batch = SlipBatch {
            id: SlipBatchId(app.entropy.id(now)),
            poll: id,
            number: 1,
            slips: i64::try_from(each)?,
            replacing: 0,
            made_by_name: String::new(),
            made_at: now,
        };
        let codes: Vec<String> = (0..each).map(|_| locks::slip_code(&app.entropy)).collect();
        let mut hashes: Vec<String> = codes.iter().map(|code| app.slip_key.hash(code)).collect();
        hashes.sort_unstable();
        slip::insert(&mut tx, &batch, &hashes).await?;
        booths.push(Booth { poll: id, codes });
    }
    tx.commit().await?;
    Ok(booths)
}

/// What a voter's browser sends from the last look.
pub fn form(booth: &Booth, code: &str, number: usize) -> String {
    let grade = ["satisfied", "basically_satisfied", "dissatisfied"][number % 3];
    format!(
        "kiosk=&poll={}&code={code}&object0={grade}&object1={grade}&object2={grade}&object3={grade}&suggestion=",
        booth.poll
    )
}

/// Every acknowledged ballot lies in its box, once.
///
/// # Errors
/// When the accounts do not balance: the measurement is worth nothing then.
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
    eprintln!("{kept} ballots acknowledged, {kept} in the boxes; every account balances");
    Ok(())
}
