//! What the visits of the spot checks came to: most homes as declared, some with something that differs or could not be seen, a few short of the standard. Of
//! these one mends and is found mended, one loses its title, the others are heard.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jianjia_app::{
    check::{inspection, outcome as outcomes},
    core::app::App,
};
use jianjia_domain::{
    check::{
        outcome::DecisionInput,
        remark::{Content, Remark, Seen},
        visit::{Visit, VisitState},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AccountId, VisitRemarkId},
        place::UnitKind,
        policy::{Actor, Role, RoleAt},
        proof::Proof,
    },
    office::account::Account,
};
use jianjia_standard::judgement::{Judgement, Status};
use jianjia_store::{
    check::{remark as remarks, spot_check as kept, visit as visits},
    core::{db::Tx, place, scope::Scope},
    year::judgement as judgements,
};
use jiff::civil::{Date, date};
use serde_json::json;

use crate::{check::spot_check::FIRST_YEAR, office::actor::told};

fn visited_on(year: i16) -> Date {
    date(year + 1, 1, 16)
}

fn heard_on(year: i16) -> Date {
    date(year + 1, 1, 20)
}

fn decided_on(year: i16) -> Date {
    date(year + 1, 2, 9)
}

fn mended_on(year: i16) -> Date {
    date(year + 1, 3, 28)
}

/// The days until today on which something is done on visits.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..today.year();
    years
        .flat_map(|year| {
            [
                visited_on(year),
                heard_on(year),
                decided_on(year),
                mended_on(year),
            ]
        })
        .filter(|day| *day <= today)
        .collect()
}

/// Does what is done on a day.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, accounts: &[Account], approver: &Actor, day: Date) -> Result<()> {
    let year = day.year() - 1;
    if year < FIRST_YEAR {
        return Ok(());
    }
    if day == visited_on(year) {
        app.clock.set(day);
        return inspect(app, accounts, year).await;
    }
    if day == heard_on(year) {
        app.clock.set(day);
        for (visit, _) in red(app, year).await?.iter().take(2) {
            let chair = chair_of(app, visit).await?;
            let view = "情况属实，已经列出名单，正在逐个补办，请给我们一点时间。";
            told(outcomes::state(app, &chair, &visit.id, view).await)?;
        }
    }
    if day == decided_on(year) {
        app.clock.set(day);
        let red = red(app, year).await?;
        let village = red.iter().position(|(_, is_village)| *is_village);
        // A village's subsidy goes down with its title (R4).
        let withdrawn = village.unwrap_or(1);
        let mut mending = None;
        for (place, (visit, _)) in red.iter().enumerate().rev() {
            if place != withdrawn && can_mend(app, visit).await? {
                mending = Some(place);
            }
        }
        for (place, decision, reason) in [
            (mending, "mend", "会员卡办理不足，请在期限内补齐。"),
            (
                Some(withdrawn),
                "withdraw",
                "与申报差距很大，台账和实际不符。",
            ),
        ] {
            let Some((visit, _)) = place.and_then(|place| red.get(place)) else {
                continue;
            };
            decide(app, approver, visit, (decision, reason)).await?;
        }
        // The other villages mend, and keep what they hold.
        for (place, (visit, is_village)) in red.iter().enumerate() {
            let is_decided = [mending, Some(withdrawn)].contains(&Some(place));
            if *is_village && !is_decided && can_mend(app, visit).await? {
                let words = ("mend", "活动阵地不足，请在期限内整改。");
                decide(app, approver, visit, words).await?;
            }
        }
    }
    if day == mended_on(year) {
        app.clock.set(day);
        for visit in of_state(app, year, VisitState::Mending).await? {
            let view = told(inspection::view(app, approver, &visit.id).await)?;
            for again in view.rechecks {
                note(app, std::slice::from_ref(&again), |_| Fate::Sound).await?;
                conclude(app, accounts, &again).await?;
            }
        }
    }
    Ok(())
}

async fn decide(
    app: &App,
    approver: &Actor,
    visit: &Visit,
    (decision, reason): (&str, &str),
) -> Result<()> {
    let input = DecisionInput {
        decision: decision.to_owned(),
        reason: reason.to_owned(),
        document_number: String::new(),
        seen: VisitState::Hearing.key().to_owned(),
    };
    told(outcomes::decide(app, approver, &visit.id, &input).await)?;
    Ok(())
}

/// What inspectors come upon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sound,
    Unseen,
    Short,
}

async fn inspect(app: &App, accounts: &[Account], year: i16) -> Result<()> {
    let drawn = of_state(app, year, VisitState::Drawn).await?;
    let mut tx = app.db.read().await?;
    let mut villages = Vec::new();
    for (index, visit) in drawn.iter().enumerate() {
        if villages.len() < 3 && is_village(&mut tx, visit).await? {
            villages.push(index);
        }
    }
    drop(tx);
    // The places of a year's visits tell their fates: the same whatever day it is today.
    let fate = |place: usize| match place {
        1 | 4 => Fate::Short,
        place if villages.contains(&place) => Fate::Short,
        place if place % 6 == 2 => Fate::Unseen,
        _ => Fate::Sound,
    };
    note(app, &drawn, fate).await?;
    for visit in &drawn {
        conclude(app, accounts, visit).await?;
    }
    Ok(())
}

/// What was noted on visits, all of it at once: a city has hundreds.
async fn note(app: &App, of: &[Visit], fate: impl Fn(usize) -> Fate) -> Result<()> {
    let mut tx = app.db.write(Scope::Units).await?;
    for (place, visit) in of.iter().enumerate() {
        let standard = app.standards.of(visit.year);
        let rules = standard.visit.as_ref().context("rules of visits")?;
        let title = standard.title(&rules.against).context("a title")?;
        let inspectors = visits::inspectors(&mut tx, &visit.id).await?;
        // Who is of the only federation with accounts is visited by nobody.
        let Some(inspector) = inspectors.iter().find(|one| one.left.is_none()) else {
            continue;
        };
        let last = title.criteria.len().saturating_sub(1);
        for (row, criterion) in title.criteria.iter().enumerate() {
            let seen = match fate(place) {
                Fate::Unseen if row == 3 => Seen::Unseen,
                Fate::Short if row == last => Seen::Fails,
                _ => Seen::Holds,
            };
            let note = match seen {
                Seen::Holds => "",
                Seen::Fails => "抽了二十位会员，一半还没有卡。",
                Seen::Unseen => "管钥匙的同志出差，没能看到。",
            };
            let now = app.now();
            let remark = Remark {
                id: VisitRemarkId(app.entropy.id(now)),
                visit: visit.id,
                content: Content::Clause {
                    clause: criterion.clause.clone(),
                    seen,
                    found: BTreeMap::new(),
                },
                note: note.to_owned(),
                photos: Vec::new(),
                account: inspector.account,
                account_name: inspector.name.clone(),
                noted_at: now,
                received_at: now,
            };
            remarks::insert(&mut tx, &remark).await?;
        }
        let account = inspector.account.to_string();
        let by = (account.as_str(), inspector.name.as_str());
        let object = Object::Visit(visit.id);
        let detail = json!({ "entries": title.criteria.len() });
        let line = app.trail_by(&mut tx, by, Deed::NoteVisit, object, None, detail);
        line.await.map_err(anyhow::Error::from)?;
    }
    tx.commit().await
}

/// The first of those who went concludes.
async fn conclude(app: &App, accounts: &[Account], visit: &Visit) -> Result<()> {
    let mut tx = app.db.read().await?;
    let inspectors = visits::inspectors(&mut tx, &visit.id).await?;
    drop(tx);
    let Some(went) = inspectors.iter().find(|one| one.left.is_none()) else {
        return Ok(());
    };
    let account = went.account;
    let account = accounts.iter().find(|known| known.id == account);
    let account = account.context("the account of an inspector")?;
    let inspector = Actor {
        account: account.id,
        person: account.person,
        name: account.name.clone(),
        roles: account.roles.clone(),
        proof: Proof::Password,
    };
    told(outcomes::conclude(app, &inspector, &visit.id).await)?;
    Ok(())
}

/// Whether a home is short by what its inspectors noted alone: what it said itself, and what past months show, no time mends.
async fn can_mend(app: &App, visit: &Visit) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let standard = app.standards.of(visit.year);
    let rules = standard.visit.as_ref().context("rules of visits")?;
    let Some(declared) = visits::declared(&mut tx, &visit.id).await? else {
        return Ok(false);
    };
    let kept = judgements::find(&mut tx, &declared).await?;
    let kept = kept.context("what a home had declared")?;
    let judgement: Judgement = serde_json::from_str(&kept.judgement)?;
    let mut verdicts = judgement.verdicts.iter();
    let verdict = verdicts.find(|verdict| verdict.title == rules.against);
    Ok(verdict.is_some_and(|verdict| verdict.status != Status::Unmet))
}

/// The visits of a year that the city has to decide on, and whether each is of a village.
async fn red(app: &App, year: i16) -> Result<Vec<(Visit, bool)>> {
    let heard = of_state(app, year, VisitState::Hearing).await?;
    let mut tx = app.db.read().await?;
    let mut red = Vec::new();
    for visit in heard {
        let is_village = is_village(&mut tx, &visit).await?;
        red.push((visit, is_village));
    }
    Ok(red)
}

async fn is_village(tx: &mut Tx, visit: &Visit) -> Result<bool> {
    let unit = place::find(tx, &visit.unit).await?;
    Ok(unit.is_some_and(|unit| unit.kind == UnitKind::Village))
}

async fn of_state(app: &App, year: i16, state: VisitState) -> Result<Vec<Visit>> {
    let mut tx = app.db.read().await?;
    let Some(check) = kept::of_year(&mut tx, year).await? else {
        return Ok(Vec::new());
    };
    let all = visits::of_check(&mut tx, &check.id).await?;
    Ok(all
        .into_iter()
        .filter(|visit| visit.state == state)
        .collect())
}

/// Who answers for a unit that was visited.
async fn chair_of(app: &App, visit: &Visit) -> Result<Actor> {
    let mut tx = app.db.read().await?;
    let unit = place::find(&mut tx, &visit.unit).await?;
    let unit = unit.context("the visited unit")?;
    Ok(Actor {
        account: AccountId(unit.id.0),
        person: None,
        name: "工会主席".to_owned(),
        roles: vec![RoleAt {
            role: Role::Chair,
            unit,
        }],
        proof: Proof::Password,
    })
}
